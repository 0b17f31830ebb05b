"""A conversation about markets, fish and letters from listeners, well translated, and slips in its numbers: what each turn says in
both languages, and which words of it may be replaced by which."""

from __future__ import annotations

__all__ = ["LONG_TAIL"]

LONG_TAIL: tuple[tuple[str, str, str], ...] = (
    (
        "欢迎来到《长尾》。我是安娜，跟我一起的还是我的老搭档，六尺五的大个子马库斯。",
        "Welcome to Long Tail. I'm Anna, and with me as ever is my six-foot-five co-host Marcus.",
        "六尺五→六尺二",
    ),
    (
        "今天的主角是一家做助听器的丹麦公司，1904年成立，市值两百来亿丹麦克朗。",
        "Today's company makes hearing aids, it's Danish, it was founded in 1904 and it's worth some twenty billion kroner.",
        "1904→1940|两百来亿→两千来亿|丹麦克朗→欧元|billion→million|twenty→thirty",
    ),
    (
        "全世界有十五亿人听力有问题，其中四亿三千万需要治疗。",
        "One and a half billion people worldwide have some hearing loss, and four hundred thirty million need treatment.",
        "十五亿→一百五十亿|四亿三千万→四亿八千万|四亿三千万→四千三百万|half billion→half million",
    ),
    (
        "六十五到七十四岁的人里，每三个就有一个；七十五岁以上，差不多对半。",
        "Between sixty-five and seventy-four it's one in three. Past seventy-five it's close to half.",
        "七十四岁→七十九岁|每三个→每四个|六十五到→六十到|one in three→one in six|七十五岁以上→八十五岁以上",
    ),
    (
        "可是真正戴助听器的不到两成。",
        "And yet fewer than one in five of those who need one wear one.",
        "两成→四成|one in five→one in fifty",
    ),
    (
        "一副好的要四五千美元，联邦医疗保险一分钱都不报。",
        "A good pair runs four or five thousand dollars and Medicare doesn't cover a cent of it.",
        "四五千→四五万|四五千→七八千|four or five→eight or nine|美元→英镑",
    ),
    (
        "2022年10月17日之后，非处方的可以直接在沃尔玛买，199美元起。",
        "Since October 17th, 2022, you've been able to buy them over the counter at Walmart, starting at $199.",
        "10月17日→10月7日|2022→2023|199美元→299美元|$199→$190|October→November",
    ),
    (
        "然后苹果在去年秋天说，AirPods Pro 2就能当助听器用，249块。",
        "And then last fall Apple said your AirPods Pro 2 can be a hearing aid, for two forty-nine.",
        "249块→429块|two forty-nine→two ninety-nine",
    ),
    (
        "消息出来当天，行业三巨头的股价跌了百分之四到百分之七。",
        "The day that came out, the big three of the industry fell four to seven percent.",
        "百分之四到→百分之一到|百分之七→百分之九|三巨头→五巨头|seven→eleven",
    ),
    (
        "五年累计呢？腰斩还不止。",
        "And over five years? Down by more than half.",
        "五年→三年|five years→ten years",
    ),
    (
        "今年以来跌了23%，本季度至今又跌了6%。",
        "It's down 23 percent year to date, and another 6 quarter to date.",
        "23%→32%|6%→16%|another 6→another 9",
    ),
    (
        "上半财年有机增长只有个位数，低个位数，公司指引是3%到5%。",
        "Organic growth for the first half was low single digits, against guidance of three to five percent.",
        "上半财年→下半财年|5%→8%|3%→2%|three to→two to",
    ),
    (
        "息税前利润率从21.4%滑到了18.9%，少了两百五十个基点。",
        "The EBIT margin slipped from 21.4 to 18.9 percent. That's two hundred and fifty basis points gone.",
        "21.4%→24.1%|18.9%→19.8%|基点→百分点|two hundred and fifty→two hundred and fifteen|21.4 to→24.4 to",
    ),
    (
        "市盈率从三十五六倍掉到了十四倍。",
        "The multiple's gone from thirty-five, thirty-six times to fourteen.",
        "十四倍→四十倍|三十五六→二十五六|fourteen→forty",
    ),
    (
        "大股东是个基金会，握着六成多的投票权，所以没人能恶意收购。",
        "The foundation holds sixty-some percent of the votes, so nobody's launching a hostile bid.",
        "六成多→八成多|sixty-some→fifty-some",
    ),
    (
        "马库斯，你说这让你想起博士伦，九十年代那个？",
        "Marcus, you said this reminds you of Bausch & Lomb, back in the nineties?",
        "九十年代→七十年代|nineties→eighties",
    ),
    (
        "对，1994年他们靠压货虚增了1760万美元的利润，两年以后重述。",
        "Yeah, in '94 they stuffed the channel and overstated profit by $17.6 million, then restated two years later.",
        "1760万→1.76亿|1994→1984|两年以后→三年以后|17.6→16.7|美元→日元",
    ),
    (
        "股东集体诉讼以4,200万和解。",
        "The class action settled for forty-two million.",
        "4,200万→4.2万|4,200→2,400|forty-two→fifty-two",
    ),
    (
        "好，第二段，聊聊沙丁鱼。真的沙丁鱼。1936到1937那一季，加州捕了七十二万六千吨。",
        "OK, segment two, sardines. Actual sardines. In the 1936–37 season California landed 726,000 tons.",
        "1936→1926|七十二万六千→七万二千六百|726,000→762,000|吨→磅",
    ),
    (
        "到1953年，一年只剩一万四千吨，蒙特雷的罐头厂从三十家减到十几家。",
        "By 1953 it was fourteen thousand for the year, and the canneries in Monterey went from thirty down to a dozen or so.",
        "1953→1935|一万四千→十四万|三十家→四十家|fourteen→forty|thirty→thirteen",
    ),
    (
        "斯坦贝克的《罐头厂街》1945年1月出版，首印七万八千册，两个礼拜卖光。",
        "Steinbeck's Cannery Row came out in January 1945. The first printing was seventy-eight thousand and it sold out in a fortnight.",
        "1945→1954|1月→7月|七万八千→七十八万|两个礼拜→两个月|seventy-eight→seventy-one",
    ),
    (
        "海水温度变了一两度，沙丁鱼就变成凤尾鱼，周期五六十年。",
        "The water shifts by a degree or two and your sardines turn into anchovies, on a cycle of fifty or sixty years.",
        "五六十年→七八十年|fifty or sixty→twenty or thirty|五六十年→五六十天",
    ),
    (
        "科学家是从圣巴巴拉海盆的鱼鳞里看出来的，一千七百年的沉积。",
        "They worked that out from fish scales in the Santa Barbara basin, seventeen hundred years of sediment.",
        "一千七百年→一万七千年|一千七百→一千四百|seventeen→seventy",
    ),
    (
        "水深大约五百八十米，每年积一毫米多一点。",
        "It's about nineteen hundred feet down and you get a little over a millimeter a year.",
        "五百八十米→八百五十米|毫米→厘米|nineteen→fourteen|feet→meters",
    ),
    (
        "今年的捕捞配额是四千吨上下，商业捕捞从2015年4月起就关了。",
        "This year's cap is around four thousand tons. The commercial fishery's been closed since April of 2015.",
        "四千吨→七千吨|2015年→2005年|4月→8月|April→June",
    ),
    (
        "秘鲁的鳀鱼更夸张，1970年捕了一千三百万吨，占全球渔获的五分之一强。",
        "Peru's anchoveta is wilder still: thirteen million tons in 1970, better than a fifth of everything caught on earth.",
        "一千三百万→一亿三千万|1970→1979|五分之一→五分之四|thirteen→thirty|a fifth→a tenth",
    ),
    (
        "三年后只剩两百万吨，大豆价格翻了两番，每蒲式耳涨到十二美元多。",
        "Three years later it was two million, and soybeans quadrupled to over twelve dollars a bushel.",
        "三年后→五年后|两百万→九百万|翻了两番→翻了一番|十二美元→二十美元|quadrupled→doubled",
    ),
    (
        "尼克松在六月二十七号禁止出口大豆，日本吓坏了。",
        "On June twenty-seventh Nixon embargoed soybean exports, and it scared the hell out of Japan.",
        "二十七号→十七号|六月→七月|twenty-seventh→twenty-fourth",
    ),
    (
        "于是日本人去巴西投钱，今天巴西占全球大豆贸易的56%，美国不到三成。",
        "So the Japanese went and put money into Brazil, which today has 56 percent of world soybean trade to our twenty-eight.",
        "56%→65%|三成→五成|56 percent→36 percent",
    ),
    (
        "禁令只维持了五天就改成了配额，到十月一号全部取消。",
        "The ban lasted all of five days before it became quotas, and by October 1st it was gone.",
        "五天→十天|十月一号→九月一号|five days→five weeks",
    ),
    (
        "代价却是五十年的。",
        "And the cost has gone on for fifty years.",
        "五十年→十五年|fifty→sixty",
    ),
    (
        "塞拉多草原有两百万平方公里，比墨西哥还大，过去酸得什么都长不了。",
        "The Cerrado is two million square kilometers, bigger than Mexico, and it used to be too acid to grow anything.",
        "两百万→两千万|平方公里→平方英里|square kilometers→acres",
    ),
    (
        "每公顷要撒五吨石灰，才能把酸碱度从四点五提到六。",
        "It took five tons of lime per hectare to get the pH from four and a half to six.",
        "五吨→十五吨|四点五→五点四|每公顷→每英亩|four and a half→two and a half",
    ),
    (
        "巴西农科院的人跟我说，他们1973年起步时只有区区几十个博士，如今有两千多个。",
        "The people at Embrapa told me they started in 1973 with a few dozen PhDs. Now it's more than two thousand.",
        "1973→1983|两千多→三千多|两千多→两万多",
    ),
    (
        "第三段是听众提问。丹佛的凯文，三十出头，年薪十九万五。",
        "Segment three, questions. Kevin in Denver is in his early thirties and makes a hundred ninety-five thousand.",
        "十九万五→十五万九|十九万五→一百九十五万|三十出头→四十出头|ninety-five→ninety-nine",
    ),
    (
        "他401(k)里有二十二万，公司配到6%，剩下的钱要不要提前还房贷？利率2.875%。",
        "He has two hundred twenty thousand in his 401(k) with a six percent match. Should he pay down his mortgage early? It's at two and seven eighths.",
        "二十二万→两万二|6%→9%|2.875%→2.785%|six percent→eight percent",
    ),
    (
        "别还。国库券给你四个多点，白赚一个半点。",
        "No. T-bills pay you four and change, so that's a free point and a half.",
        "",
    ),
    (
        "三十年期固定利率，还剩二十六年零四个月，一天都不要提前。",
        "It's a thirty-year fixed with twenty-six years and four months to go. Don't pay it off a day early.",
        "二十六年→二十九年|四个月→七个月|三十年期→十五年期|four months→four weeks",
    ),
    (
        "要是他把那笔月供之外的八百块投进指数基金，按年化七个点算，到六十岁大约有七十五万。",
        "And if he puts that extra eight hundred a month into an index fund, at seven percent a year, he's got around three quarters of a million by sixty.",
        "八百块→六百块|七个点→九个点|七十五万→七百五十万|六十岁→七十岁|eight hundred→five hundred",
    ),
    (
        "第二位是伦敦的丽贝卡，她想知道为什么英国人还用英石，她体重九英石半。",
        "Next is Rebecca in London, who wants to know why the British still use stone. She's nine and a half.",
        "九英石半→八英石半|nine and a half→seven and a half",
    ),
    (
        "一英石是十四磅，所以她大约六十公斤。",
        "A stone is fourteen pounds, so she's about sixty kilos.",
        "十四磅→十六磅|六十公斤→七十公斤|六十公斤→六十磅|fourteen→fifteen",
    ),
    (
        "1985年的度量衡法早就不许拿它做买卖了。",
        "It hasn't been legal for trade since the Weights and Measures Act of 1985.",
        "1985→1958",
    ),
    (
        "还有人问：特斯拉那次一拆三，之前一拆五，十股变成多少？",
        "Somebody asks, with Tesla's three-for-one and before that the five-for-one, ten shares becomes what?",
        "一拆三→一拆四",
    ),
    (
        "一百五十股。三五一十五嘛。",
        "A hundred and fifty. Three fives are fifteen.",
        "一百五十股→一百三十股|A hundred and fifty→A hundred and five",
    ),
    (
        "最后说个数：四百零九亿，这是泰国央行上季度为了稳住泰铢花掉的美元。",
        "One last number: 40.9 billion. That's how many dollars the Bank of Thailand burned last quarter defending the baht.",
        "四百零九亿→四十点九亿|四百零九亿→四百九十亿|40.9→49.0",
    ),
    (
        "1997年7月2号那天，一美元从二十五铢一路跌到三十二铢。",
        "On July 2nd, 1997, the dollar went from twenty-five baht to thirty-two in a day.",
        "7月2号→7月20号|1997→1998|三十二铢→二十三铢|twenty-five→thirty-five",
    ),
    (
        "半年之后是五十六。",
        "Six months after that it was fifty-six.",
        "五十六→六十五|半年→半个月|Six months→Three months|fifty-six→fifty-nine",
    ),
    (
        "国际货币基金组织凑了172亿美元救急，比1995年墨西哥那笔少三分之二。",
        "The IMF put together $17.2 billion, two thirds less than Mexico got in '95.",
        "172亿→17.2亿|172亿→127亿|1995→1994|三分之二→三分之一|two thirds→three quarters",
    ),
    (
        "下周我们做韩国，二百二十七吨黄金，三百五十万人捐首饰。周四见。",
        "Next week, Korea: two hundred twenty-seven tons of gold, three and a half million people giving up their jewelry. See you Thursday.",
        "三百五十万→三千五百万|周四→周六|three and a half→two and a half|二百二十七→二百七十二|twenty-seven→twenty-four",
    ),
)
