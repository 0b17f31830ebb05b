"""A conversation about sport, travel, health and cars, well translated, and slips in its numbers: what each turn says in
both languages, and which words of it may be replaced by which."""

from __future__ import annotations

__all__ = ["FULL_TIME"]

FULL_TIME: tuple[tuple[str, str, str], ...] = (
    (
        "各位好，这里是《终场哨》第三百一十二期，我是主持人。今天是八月的第一个星期二。",
        "Hi everybody, this is Full Time, episode three hundred and twelve, and it's the first Tuesday in August.",
        "三百一十二→三百二十一|星期二→星期四|八月→九月|twelve→twenty",
    ),
    (
        "巴黎奥运会已经过半，中国队拿了21枚金牌，美国队是20枚。",
        "We're past the halfway point in Paris. China has twenty-one golds and the US has twenty.",
        "21枚→22枚|20枚→30枚|twenty-one→twenty-nine",
    ),
    (
        "莱尔斯的百米决赛赢了0.005秒，也就是千分之五秒。",
        "Noah Lyles won the hundred by five thousandths of a second, 0.005.",
        "0.005→0.05|千分之五→百分之五|0.005.→0.015.",
    ),
    (
        "两个人的成绩都是九秒七九，要看照片才分得出来。",
        "They both ran 9.79 and it took the photo to separate them.",
        "九秒七九→九秒九七|9.79→9.97",
    ),
    (
        "他起跑的时候排在第七，三十米处还是最后一名。",
        "He was seventh out of the blocks and dead last at thirty meters.",
        "第七→第四|三十米→三十码|thirty→sixty",
    ),
    (
        "博尔特2009年在柏林跑的9秒58，十五年了没人碰得到。",
        "Bolt's nine fifty-eight from Berlin in '09, nobody's come near it in fifteen years.",
        "2009→2008|9秒58→9秒85|十五年→二十五年|fifteen→fifty|'09→'07",
    ),
    (
        "再看马拉松。基普图姆在芝加哥跑了两小时零三十五秒，离破二只差三十五秒。",
        "And the marathon. Kiptum ran two hours and thirty-five seconds in Chicago, so thirty-five seconds from breaking two.",
        "零三十五秒→零四十五秒|两小时→三小时|差三十五秒→差三十五分钟",
    ),
    (
        "平均每公里两分五十一秒，普通人连一公里都跟不下来。",
        "That's two fifty-one per kilometer. A normal person couldn't hang on for even one.",
        "每公里→每英里|两分五十一→两分十五|per kilometer→per mile",
    ),
    (
        "冠军奖金是五万美元，田联头一次发奖金，总共两百四十万。",
        "The winners get fifty thousand dollars. It's the first time World Athletics has paid prize money, 2.4 million in total.",
        "五万→五十万|两百四十万→两千四百万|2.4→24|fifty→fifteen|美元→欧元",
    ),
    (
        "而且到2028年洛杉矶，银牌和铜牌也有。",
        "And by LA in 2028 silver and bronze will get some too.",
        "2028→2032",
    ),
    (
        "电视转播权呢？NBC签到2032年，付了77.5亿。",
        "And the TV rights? NBC paid seven and three quarter billion to have it through 2032.",
        "77.5亿→7.75亿|2032年→2036年|77.5亿→75.7亿|seven and three→eight and three",
    ),
    (
        "开幕式有2,860万美国人看，比东京那届多了六成。",
        "Twenty-eight point six million Americans watched the opening ceremony, sixty percent more than Tokyo.",
        "2,860万→2,860亿|2,860→2,680|六成→六倍|sixty→sixteen",
    ),
    (
        "场地方面，塞纳河清淤花了十四亿欧元，最后铁人三项还是推迟了一天。",
        "On venues, they spent 1.4 billion euros cleaning up the Seine and the triathlon still got postponed by a day.",
        "十四亿→一百四十亿|欧元→美元|推迟了一天→推迟了一周|1.4→4.1|euros→pounds",
    ),
    (
        "大肠杆菌的上限是每百毫升一千个单位，那天早上测出来将近两千。",
        "The limit for E. coli is a thousand units per hundred milliliters, and that morning it came in at close to two thousand.",
        "两千→三千|一千个→一万个|毫升→升",
    ),
    (
        "我查了一下，1900年那次巴黎奥运会，九百九十七个运动员里只有二十二个是女的。",
        "I looked it up. In Paris in 1900 there were 997 athletes and only 22 were women.",
        "1900→1924|九百九十七→九百七十九|二十二个→三十二个|only 22→only 12",
    ),
    ("今年终于男女各半，五五开。", "This year it's finally fifty-fifty, half men, half women.", ""),
    (
        "下半场我们聊点别的。你刚从冰岛回来？",
        "For the second half let's talk about something else. You're just back from Iceland?",
        "",
    ),
    (
        "对，待了两个星期，绕着环岛公路开了一千三百多公里。",
        "Yeah, two weeks, drove the whole ring road, some eight hundred miles.",
        "两个星期→两个月|一千三百→一千八百|miles→meters|一千三百→一万三千",
    ),
    (
        "冰岛有多大？跟韩国差不多，人口却只有三十八万。",
        "How big is it? About the size of South Korea, with three hundred and eighty thousand people.",
        "三十八万→三百八十万|three hundred and eighty→three hundred and eighteen",
    ),
    (
        "其中差不多三分之二住在雷克雅未克一带。",
        "And something like two in three of them live around Reykjavik.",
        "三分之二→四分之三|two in three→two in five",
    ),
    (
        "去年的游客有220万，是居民的将近六倍。",
        "They had 2.2 million visitors last year, nearly six for every resident.",
        "220万→2200万|2.2→2.8",
    ),
    (
        "我们去看了火山。那次喷发从十二月十八号晚上十点多开始，裂缝有四公里长。",
        "We went to see the volcano. That eruption started on the eighteenth of December, a little after ten at night, along a two-and-a-half-mile fissure.",
        "十八号→二十八号|十二月→十月|四公里→四英里|eighteenth→eighth",
    ),
    (
        "岩浆有一千两百度，隔着半公里都烤脸。",
        "The lava's at about 2,200 degrees Fahrenheit and you can feel it on your face from half a kilometer away.",
        "一千两百度→一万两千度|一千两百度→一千五百度|2,200→1,200",
    ),
    (
        "格林达维克三千八百个居民凌晨三点全部撤离。",
        "All thirty-eight hundred people in Grindavik were evacuated at three in the morning.",
        "三千八百→三千六百|三千八百→三百八十|thirty-eight→thirty-one",
    ),
    (
        "酒店一晚上要四百欧，一碗汤三十欧，我太太差点晕过去。",
        "Hotels were four hundred euros a night, a bowl of soup was thirty, and my wife nearly fainted.",
        "四百欧→六百欧|四百欧→四千欧|four hundred→five hundred",
    ),
    (
        "维京人是874年左右上岛的，930年就有了议会，比英国早了三百多年。",
        "The Norse settled it around 874 and had a parliament by 930, more than three hundred years before the English did.",
        "874→847|930→903|三百多年→五百多年",
    ),
    (
        "到了十八世纪，1783年拉基火山喷发，死了五分之一的人，牲口死了一半以上。",
        "Then in the eighteenth century, in 1783, Laki blew and killed a fifth of the people and more than half of the livestock.",
        "十八世纪→十七世纪|1783→1873|五分之一→五分之二|一半以上→四分之一以上|eighteenth→sixteenth",
    ),
    (
        "有意思的是，法国大革命之前的那几年歉收，有人说就是它闹的。",
        "What's interesting is that some blame it for the bad harvests in the years before the French Revolution.",
        "",
    ),
    (
        "接着是十九世纪末，四分之一的冰岛人移民去了加拿大。",
        "And then in the late 1800s a quarter of all Icelanders left for Canada.",
        "四分之一→三分之一|十九世纪→十八世纪",
    ),
    (
        "好，健康环节。这个月《柳叶刀》有一篇，跟踪了九万六千人，平均八年。",
        "Right, the health segment. There's a paper in The Lancet this month that followed ninety-six thousand people for an average of eight years.",
        "九万六千→九十六万|八年→六年|ninety-six→ninety-nine|eight years→eight months",
    ),
    (
        "每天走七千步的人，死亡风险比走两千步的低47%。",
        "People who did seven thousand steps a day had a forty-seven percent lower risk of dying than those who did two.",
        "七千步→五千步|47%→74%|forty-seven→forty-one|每天→每周",
    ),
    (
        "过了七千步，曲线就平了，一万步也没好多少。",
        "Past seven thousand the curve flattens out. Ten thousand isn't much better.",
        "一万步→十万步|七千步→六千步",
    ),
    (
        "一万步的说法其实是1965年一家日本计步器公司的广告。",
        "The ten thousand thing actually comes from a 1965 ad by a Japanese pedometer company.",
        "1965→1956|一万步→一千步",
    ),
    (
        "他们的产品名字就叫“万步计”。",
        "The gadget was literally called the ten-thousand-step meter.",
        "",
    ),
    (
        "我的医生让我把血压降到一百三以下，收缩压。",
        "My doctor wants me below one thirty, systolic.",
        "一百三→一百五|one thirty→one forty",
    ),
    (
        "去年我是一百四十八，吃药以后降了十几。",
        "Last year I was at 148, and the pills took off a dozen or so.",
        "一百四十八→一百八十四|148→168",
    ),
    (
        "药是五毫克一片，早饭后吃一片。",
        "It's one five-milligram tablet after breakfast.",
        "五毫克→五克|五毫克→十毫克|five-milli→fifty-milli",
    ),
    (
        "一盒三十片，自费才二十来块人民币，在美国要四十多美元。",
        "A box of thirty is twenty-odd yuan out of pocket. In the US it's forty-something dollars.",
        "三十片→六十片|四十多美元→四十多欧元|二十来块→三十来块|forty→sixty",
    ),
    (
        "说到钱，听说Spotify的付费用户到了两亿四千六百万？",
        "Speaking of money, I hear Spotify is at two hundred and forty-six million subscribers?",
        "两亿四千六百万→两千四百六十万|两亿四千六百万→两亿六千四百万|forty-six→forty-eight",
    ),
    (
        "对，同比多了一成二，毛利率29.2%，创了新高。",
        "Yes, up twelve percent, with gross margins of 29.2, which is a record.",
        "一成二→两成一|29.2%→22.9%|twelve→twenty|29.2→39.2",
    ),
    (
        "股价从2022年底的七十美元出头涨到三百四，翻了不止两番。",
        "The stock's gone from seventy-something at the end of 2022 to three forty, so it's more than quadrupled.",
        "2022→2021|三百四→四百三|两番→三番|seventy→ninety|quadrupled→doubled",
    ),
    (
        "裁了三轮，一共两千多人，占员工的四分之一。",
        "They did three rounds of layoffs, more than two thousand people, a quarter of the staff.",
        "三轮→五轮|两千多→三千多|四分之一→五分之一|a quarter→a third",
    ),
    (
        "再看有声书，每月送十五个小时，四十万本书。",
        "Then there's audiobooks: fifteen hours a month included, four hundred thousand titles.",
        "十五个小时→五十个小时|四十万→四百万|每月→每周|fifteen hours→fifteen minutes",
    ),
    (
        "电池这边，宁德时代的新电芯充十分钟能跑六百公里。",
        "On batteries, CATL's new cell gives you six hundred kilometers on a ten-minute charge.",
        "十分钟→二十分钟|六百公里→六百英里|six hundred→five hundred",
    ),
    (
        "价格掉到了每千瓦时五十来美元，十年前是三四百。",
        "Prices are down to fifty-odd dollars a kilowatt hour. Ten years ago it was three or four hundred.",
        "千瓦时→兆瓦时|三四百→三四千|五十来→七十来|three or four hundred→six or seven hundred",
    ),
    (
        "一吨碳酸锂的价格从六十万元跌到八万，跌了八成七。",
        "Lithium carbonate went from six hundred thousand yuan a ton to eighty thousand, an 87 percent drop.",
        "六十万→六万|六十万元→六十万美元|八成七→七成八|eighty thousand→eighteen thousand",
    ),
    (
        "智利的阿塔卡马盐沼有三千平方公里，蕴藏全世界四分之一以上的锂。",
        "The Atacama salt flat in Chile is twelve hundred square miles and holds over a quarter of the world's lithium.",
        "三千平方公里→三千平方英里|四分之一→四分之三|三千平方公里→五千平方公里",
    ),
    (
        "那里海拔两千三百米，一年下雨不到一英寸。",
        "It's at seventy-five hundred feet and gets less than an inch of rain a year.",
        "两千三百米→三千三百米|一英寸→一英尺|seventy-five→forty-five",
    ),
    (
        "欧盟要求2035年起停售燃油车，加州也一样，一共有十几个州跟进。",
        "The EU wants to end sales of combustion cars from 2035, same as California, and a dozen or so states have followed.",
        "2035→2030|from 2035→from 2025",
    ),
    (
        "关税的事，拜登把中国电动车的税率从25%提高到了100%，翻了两番。",
        "And tariffs. Biden took the rate on Chinese EVs from 25 to 100 percent, so he quadrupled it.",
        "25%→27.5%|两番→一番|25 to→15 to",
    ),
    (
        "欧盟那边最高38.1个百分点，外加原有的一成。",
        "The Europeans went up to 38.1 points on top of the existing ten percent.",
        "38.1→31.8|一成→两成|个百分点→个基点",
    ),
    (
        "比亚迪第二季度卖了98.6万辆，其中纯电四十二万多。",
        "BYD sold 986,000 cars in Q2, of which a bit over 420,000 were pure electric.",
        "98.6万→9.86万|第二季度→第三季度|四十二万→四万二千|986→968",
    ),
    (
        "它的海鸥在国内卖不到七万块，合一万美元都不到。",
        "The Seagull goes for under seventy thousand yuan at home, that's less than ten thousand bucks.",
        "七万块→九万块|一万美元→十万美元|yuan→yen",
    ),
    (
        "历史角：一九零八年福特T型车上市，八百五十美元，到1925年只要二百六。",
        "History corner: the Model T came out in 1908 at eight hundred and fifty dollars, and by 1925 it was down to two sixty.",
        "一九零八→一九一八|八百五十→五百八十|二百六→三百六|1925→1926|two sixty→two sixteen",
    ),
    (
        "组装一辆车的时间从十二个半小时缩短到一个半小时。",
        "Assembly time per car went from twelve and a half hours to an hour and a half.",
        "十二个半小时→十一个半小时|一个半小时→一天半|twelve and a half→twenty and a half",
    ),
    (
        "工人的日薪翻倍到五美元，每班从九小时减到八小时。",
        "Pay was doubled to five dollars a day and the shift went from nine hours to eight.",
        "五美元→六美元|翻倍→增加两倍|减到八小时→减到六小时|doubled→tripled",
    ),
    (
        "离职率从百分之三百七降到了百分之十六。",
        "Turnover dropped from 370 percent to sixteen.",
        "百分之三百七→百分之七百三|百分之十六→百分之六十|sixteen→sixty",
    ),
    (
        "最后一封来信，一位女听众说她中了两千五百万的彩票。",
        "One last letter. A listener says she won twenty-five million in the lottery.",
        "两千五百万→两亿五千万|twenty-five→twenty-nine|两千五百万的→|million→billion",
    ),
    (
        "她中奖的概率是两亿九千两百万分之一。",
        "Her odds were one in two hundred ninety-two million.",
        "两亿九千两百万→两千九百二十万|one in two→one in three",
    ),
    (
        "扣掉百分之三十七的联邦税，一次性领，到手大约九百五十万。",
        "Take the lump sum, less thirty-seven percent federal tax, and you're left with about nine and a half million.",
        "百分之三十七→百分之七十三|九百五十万→九千五百万|nine and a half→eight and a half|thirty-seven→twenty-seven",
    ),
    (
        "我的建议：拿出十分之一去玩，剩下的谁都别说。",
        "My advice is to blow a tenth of it and tell nobody about the rest.",
        "十分之一→一半|a tenth→a third",
    ),
    (
        "我们下周二同一时间见，别忘了周末的直播，晚上七点半。",
        "We'll see you next Tuesday, same time, and don't forget the live show at the weekend, seven thirty in the evening.",
        "周二→周三|七点半→八点半",
    ),
)
