"""A conversation about chip machines, well translated, and slips in its numbers: what each turn says in
both languages, and which words of it may be replaced by which."""

from __future__ import annotations

__all__ = ["CIRCUIT_BOARD"]

CIRCUIT_BOARD: tuple[tuple[str, str, str], ...] = (
    (
        "欢迎回到《电路板》，我是林晓。今天我们请到了一位做芯片设备的老兵，他在这个行业待了整整四十年。",
        "Welcome back to Circuit Board, I'm Lin Xiao. With us today is a veteran of the chip equipment business, a full forty years in it.",
        "四十年→十四年|forty→fifty",
    ),
    (
        "谢谢，不过要说清楚，前十五年我只是个拧螺丝的。",
        "Thanks, though to be clear, for the first fifteen I was just the guy turning the screwdriver.",
        "十五年→二十五年|fifteen→fifty",
    ),
    (
        "一台极紫外光刻机到底多少钱？我听过一亿五，也听过四亿。",
        "So what does an EUV machine cost? I've heard a hundred and fifty million and I've heard four hundred.",
        "一亿五→一千五百万|四亿→六亿|four hundred→nine hundred",
    ),
    (
        "老款一亿八千万欧元上下，新的高数值孔径那款三亿五往上。重一百五十吨，运一台要三架747。",
        "The older one's around a hundred and eighty million euros, the new high-NA one is three fifty and up. It weighs a hundred and fifty tons and it takes three 747s to ship one.",
        "一亿八千万→一亿六千万|欧元→美元|一百五十吨→二百五十吨|一亿八千万→十八亿|three fifty→seven fifty|三架→五架",
    ),
    (
        "里面有十万个零件，两公里长的软管。",
        "There are a hundred thousand parts in there and over a mile of hose.",
        "十万→一百万|两公里→五公里",
    ),
    ("而且全世界只有一家能造。", "And only one company in the world can make it.", ""),
    (
        "对，一年也就五十来台。他们手上的订单有三百六十亿。",
        "Right, and it's only fifty or so a year. They've got a backlog of thirty-six billion.",
        "五十来台→七十来台|三百六十亿→三十六亿|thirty-six→thirty-nine",
    ),
    (
        "我记得一开始所有人都觉得这东西做不出来。",
        "I remember at the start everybody thought it couldn't be done.",
        "",
    ),
    (
        "从八十年代中期就开始研究，2001年说四年以内量产，结果拖到了2019年。",
        "They'd been at it since the mid-eighties. In 2001 they said volume production within four years, and it took until 2019.",
        "八十年代→七十年代|2001→2010|四年→六年|2019→2016|mid-eighties→mid-nineties",
    ),
    (
        "光源那块最难。每秒打五万滴锡，每滴打两次，激光功率将近三十千瓦。",
        "The light source was the hard part. You hit fifty thousand droplets of tin a second, twice each, with a laser that's nearly thirty kilowatts.",
        "五万滴→五千滴|三十千瓦→三十兆瓦|thirty kilo→thirteen kilo|每秒→每分钟",
    ),
    (
        "锡滴的直径是二十五微米，飞行速度每小时两百五十公里。",
        "Each droplet's twenty-five microns across and it's doing about a hundred and sixty miles an hour.",
        "二十五微米→三十五微米|微米→纳米|hundred and sixty→hundred and ninety",
    ),
    (
        "等离子体的温度差不多是太阳表面的四十倍，22万度。",
        "The plasma's something like forty times hotter than the surface of the sun, 220,000 degrees Celsius.",
        "四十倍→十四倍|22万度→2.2万度|220,000→230,000",
    ),
    (
        "可是最后到晶圆上的光只剩不到百分之二。",
        "And yet less than two percent of that light ends up on the wafer.",
        "百分之二→百分之十二|two→seven",
    ),
    (
        "因为要反射十一次，每面镜子吃掉三成。",
        "Because it bounces eleven times, and every mirror eats thirty percent.",
        "三成→五成|eleven→seven|十一次→十二次",
    ),
    (
        "这些镜子有多平？如果放大到德国那么大，最高的凸起不到一毫米。",
        "And how flat are those mirrors? Blow one up to the size of Germany and the biggest bump's less than a millimeter.",
        "一毫米→一米",
    ),
    (
        "蔡司的人给我看过，一面镜子要磨一年多。",
        "The Zeiss people showed me. It takes more than a year to polish one.",
        "一年→一个月",
    ),
    (
        "说到出口管制，2019年荷兰没有续签许可证，对吧？",
        "On export controls, it was 2019 when the Dutch let that license lapse, right?",
        "2019年→2009年|2019→2018",
    ),
    (
        "对。后来是22年10月7号美国那一套，再后来荷兰、日本在23年跟进。",
        "Yes. Then October 7th, '22, the American package, and then the Dutch and Japanese followed in '23.",
        "7号→17号|22年→21年|'23→'24|10月→11月",
    ),
    (
        "结果中国那一年反而成了他们最大的市场，最多的时候占到营收的49%。",
        "And what happened is China became their biggest market that year, at one point 49 percent of sales.",
        "49%→94%|49 percent→39 percent",
    ),
    (
        "恐慌性采购。仓库里堆着的设备够用到2026年。",
        "Panic buying. They've got enough tools in warehouses to last to 2026.",
        "2026→2028",
    ),
    (
        "中芯国际用老的浸没式机器做出了七纳米，良率传说只有一半。",
        "SMIC did seven nanometer on the old immersion machines, supposedly with yields of fifty percent.",
        "七纳米→七微米|七纳米→五纳米|fifty→fifteen|一半→三成",
    ),
    (
        "成本呢？比台积电贵四五成，我估计。",
        "And cost? Forty to fifty percent more than TSMC is my guess.",
        "四五成→七八成|Forty to fifty→Sixty to seventy",
    ),
    (
        "台积电亚利桑那的厂，投资从一百二十亿加到了六百五十亿。",
        "TSMC's Arizona site has gone from twelve billion to sixty-five.",
        "一百二十亿→十二亿|六百五十亿→五百六十亿|sixty-five→sixty-nine",
    ),
    (
        "三座厂，一千一百英亩，高峰期工地上有一万两千人。",
        "Three fabs on eleven hundred acres, with twelve thousand people on site at the peak.",
        "一千一百→一千三百|英亩→亩|一万两千→十二万|三座→四座",
    ),
    (
        "芯片法案给了他们六十六亿补贴，外加五十亿贷款。",
        "The CHIPS Act gave them 6.6 billion in grants plus another five in loans.",
        "6.6→66|六十六亿→六十九亿|六十六亿→六百六十亿",
    ),
    (
        "那投资税收抵免是25%，对不对？",
        "And there's the investment tax credit, which is a quarter of what you spend?",
        "25%→35%|a quarter→a third",
    ),
    (
        "到今年年底前动工的都算，二五折以后，美国建厂还是比台湾贵三分之一。",
        "For anything that breaks ground by the end of this year. And even so it's a third more expensive to build here than in Taiwan.",
        "三分之一→三分之二|a third→a half",
    ),
    (
        "为什么？工人的小时工资是台湾的三倍多？",
        "Why's that? Is it that labor's more than triple per hour?",
        "三倍→两倍|triple→double",
    ),
    (
        "不光是工资。那边十九个月盖完一座厂，这边三十八个月。",
        "It's not just wages. They put up a fab in nineteen months, and here it's thirty-eight.",
        "十九个月→十六个月|三十八→二十八|thirty-eight→thirty-one|nineteen months→nineteen weeks",
    ),
    (
        "许可证就要一年半，光是空气质量那一项。",
        "The permits alone are eighteen months, and that's just for air quality.",
        "一年半→两年半|eighteen months→eighteen days",
    ),
    (
        "我有个数据：高盛说美国的芯片产能占比到2032年会从一成升到一成四。",
        "I have a number here. SIA says America's share of capacity goes from ten percent to fourteen by 2032.",
        "一成四→一成六|2032→2035|fourteen→forty",
    ),
    ("1990年的时候可是37%。", "It was 37 in 1990.", "37%→47%|1990年→1980年|37 in→27 in"),
    ("最后一个问题。您自己的钱放在哪儿？", "Last question. Where's your own money?", ""),
    (
        "三分之一放在这些设备公司里，六成是国债，剩下几个点是我孙子替我买的比特币，0.4个。",
        "A third in the equipment names, sixty percent in Treasuries, and the last few points are some bitcoin my grandson bought for me, 0.4 of one.",
        "三分之一→四分之一|六成→九成|0.4→0.04|sixty→sixteen",
    ),
    ("成本价呢？一万九。", "At what price? Nineteen thousand.", "一万九→十九万|Nineteen→Ninety"),
    (
        "那您孙子赚了四倍。谢谢您，我们下个月15号再见。",
        "Then your grandson's up fourfold. Thank you, and we'll see everybody on the 15th of next month.",
        "四倍→六倍|15号→25号|15th→5th",
    ),
)
