"""A conversation of our own about a central bank, in good order: two hosts and a guest, long answers, money."""

from __future__ import annotations

from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name, Subject, Turn

__all__ = ["NAMES", "discount_window"]

NAMES = (
    Name(1, "person", "Beatrice Lindqvist", "比阿特丽斯·林奎斯特"),
    Name(2, "person", "Marcus Adeyemi", "马库斯·阿德耶米"),
    Name(3, "person", "Henrik Vasquez", "亨里克·巴斯克斯"),
    Name(1, "organisation", "European Central Bank", "欧洲央行"),
    Name(2, "organisation", "Federal Reserve", "美联储"),
    Name(3, "organisation", "Goldman Sachs", "高盛"),
    Name(4, "person", "Paul Volcker", "保罗·沃尔克"),
    Name(5, "person", "Mario Draghi", "马里奥·德拉吉"),
    Name(1, "work", "Lombard Street", "伦巴第街"),
)

_ROLES = {1: "host", 2: "host", 3: "guest"}
_LABELS = {1: "Beatrice Lindqvist", 2: "Marcus Adeyemi", 3: "Henrik Vasquez"}
_SAID: tuple[tuple[int, str, str], ...] = (
    (
        1,
        "各位听众好，这里是《贴现窗口》，我是Beatrice Lindqvist。",
        "Hello and welcome to The Discount Window. I'm Beatrice Lindqvist.",
    ),
    (
        2,
        "我是Marcus Adeyemi。Beatrice，你这周末干了什么？",
        "And I'm Marcus Adeyemi. Beatrice, what did you get up to over the weekend?",
    ),
    (
        1,
        "我重读了白芝浩的《伦巴第街》，因为我就是这么会玩。",
        "I reread Bagehot's Lombard Street, because that's the kind of party animal I am.",
    ),
    (2, "我带孩子去了动物园。", "I took the kids to the zoo."),
    (1, "也差不多。", "Much the same thing."),
    (
        2,
        "都有很多猴子。好了，今天我们请到了Henrik Vasquez，他在欧洲央行的市场部门工作了十四年，经历了欧债危机、负利率和疫情，去年离开后写了一本关于**资产负债表**（Balance Sheet: 记录一家机构资产与负债的报表）的书。Henrik，欢迎。",
        "Lots of monkeys in both. Anyway, today we have Henrik Vasquez, who spent fourteen years in the markets division of the European Central Bank, through the debt crisis, negative rates and the pandemic, and who left last year to write a book about the balance sheet. Henrik, welcome.",
    ),
    (
        3,
        "谢谢，很荣幸。我是你们的老听众了。",
        "Thank you, it's an honour. I'm a longtime listener.",
    ),
    (
        1,
        "你书的第一章写的是2012年7月26日，德拉吉在伦敦说的那三个词。你当时在哪里？",
        "The first chapter of your book is about July 26th, 2012, and the three words that Draghi said in London. Where were you?",
    ),
    (
        3,
        "在法兰克福的交易室里，嘴里含着半个三明治。我们谁也不知道他要说什么。“不惜一切代价”这几个字一出来，西班牙十年期国债的收益率在屏幕上开始往下掉，7.6%，7.4%，7.1%，我旁边的同事把咖啡打翻在键盘上，也没有人去擦。我们一欧元都没有花。这就是我一直想弄明白的事情：一句话怎么会值几千亿。",
        "In the dealing room in Frankfurt with half a sandwich in my mouth. None of us knew what he was going to say. Then it was \"whatever it takes\", and on the screen the Spanish ten-year started to fall, 7.6 percent, 7.4, 7.1, and the colleague next to me knocked his coffee over the keyboard and nobody even wiped it up. We hadn't spent a single euro. And that's what I've been trying to understand ever since: how a sentence can be worth hundreds of billions.",
    ),
    (2, "那答案是什么？", "And what's the answer?"),
    (
        3,
        "答案是大家相信他背后有一台印钞机，而且相信他愿意用。两个缺一不可。",
        "The answer is that people believed there was a printing press behind him, and that he was willing to use it. You need both.",
    ),
    (
        1,
        "有意思。我们听众里有不少人对央行怎么“创造”钱感到困惑。你能不能用大白话讲讲？",
        "That's interesting. A fair number of our listeners are confused about how a central bank creates money. Could you explain it in plain words?",
    ),
    (
        3,
        "当然。央行从一家银行买一张债券，付款的方式是在那家银行的账户里敲进一个数字。没有卡车，没有金库。那个数字就是**准备金**（Reserves: 商业银行存放在央行的存款）。债券到了我们这边，数字到了他们那边，两边的账都平了。",
        "Of course. The central bank buys a bond from a bank, and it pays by typing a number into that bank's account. No trucks, no vaults. That number is called reserves. The bond is on our side, the number is on theirs, and both books balance.",
    ),
    (2, "就这么简单？", "It's that simple?"),
    (3, "就这么简单。复杂的是后果。", "It's that simple. What's complicated is the consequences."),
    (
        1,
        "2015年3月你们开始量化宽松，每个月600亿欧元。为什么是这个数？",
        "In March 2015 you started QE at 60 billion euros a month. Why that number?",
    ),
    (
        3,
        "坦白说？因为50太少，100太吓人。有一个模型，三十页的附件，但是最后桌上就是这几个数字。后来加到了800亿，再后来又降到300亿和150亿。到2022年夏天，我们的表已经有8.8万亿欧元。",
        "Honestly? Because 50 was too little and 100 was too frightening. There was a model with a thirty-page annex, but in the end those were the numbers on the table. It later went up to 80, then down to 30 and 15. By the summer of 2022 the balance sheet was 8.8 trillion euros.",
    ),
    (
        2,
        "8.8万亿。这差不多是欧元区GDP的三分之二吧？",
        "8.8 trillion. That's about two thirds of euro area GDP, isn't it?",
    ),
    (3, "接近七成。", "Close to seventy percent."),
    (
        1,
        "我在高盛的朋友当时说，你们买光了所有的德国国债。",
        "A friend of mine at Goldman Sachs used to say that you'd bought up every bund there was.",
    ),
    (
        3,
        "夸张了，我们自己规定最多只能买三分之一。不过在某些期限上，交易员打电话来求我们借一点给他们，不然他们没法交割。",
        "That's exaggerated, we had a rule of our own that we couldn't hold more than a third. Although at certain maturities dealers would ring us up and beg to borrow some, or they couldn't settle.",
    ),
    (
        2,
        "负利率呢？你们的存款利率降到过负0.5%。银行家们恨死你们了。",
        "What about negative rates? You took the deposit rate down to minus 0.5 percent. The bankers hated you.",
    ),
    (
        3,
        "他们每个季度来一次，抱怨一次，然后回去把成本转给客户。瑞士有一家养老基金真的去问过，租一个金库放现金要多少钱。结论是保险太贵，而且1000法郎的钞票不够用。我觉得那是货币史上最奇怪的一个下午。",
        "They came every quarter, complained, went home and passed the cost on to their clients. A Swiss pension fund actually enquired what it would cost to rent a vault and fill it with cash. They concluded that the insurance was too dear and that there weren't enough thousand-franc notes. I think of that as the strangest afternoon in monetary history.",
    ),
    (1, "然后通胀来了。", "And then came inflation."),
    (
        3,
        "然后通胀来了，10.6%，2022年10月。我永远忘不了那张图。",
        "And then came inflation, 10.6 percent in October 2022. I'll never forget that chart.",
    ),
    (1, "你们是不是反应慢了？", "Were you too slow?"),
    (
        3,
        "是的，慢了大概六个月。我们被自己的承诺绑住了：我们说过，先停止买债，再加息。顺序是死的。美联储也一样慢，只是他们跑起来更快，一次75个基点。",
        "Yes, by about six months. We had tied our own hands: we'd said that we would stop buying first and raise rates afterwards. The sequence was fixed. The Federal Reserve was just as slow, but when they got going they ran faster, 75 basis points at a time.",
    ),
    (2, "沃尔克要是在世，会怎么说？", "What would Paul Volcker have said?"),
    (3, "他会点一支雪茄，什么也不说。", "He would have lit a cigar and said nothing."),
    (1, "哈哈。", "Ha."),
    (
        2,
        "我想问一个技术问题。央行亏钱重要吗？德国央行去年亏了将近200亿欧元。",
        "I have a technical question. Does it matter if a central bank loses money? The Bundesbank lost almost 20 billion euros last year.",
    ),
    (
        3,
        "经济上不重要，政治上很重要。央行不会破产，它欠的是自己印的东西。捷克央行有好多年资本是负的，通胀照样管得好好的。但是你去跟一位议员解释试试，为什么纳税人十年里一分钱红利也拿不到。我试过，那次听证会开了四个小时。",
        "Economically no, politically a great deal. A central bank can't go bust, because what it owes is something it prints itself. The Czechs had negative capital for years and inflation was perfectly well behaved. But try explaining to a member of parliament why the taxpayer won't see a cent of dividends for ten years. I tried. The hearing lasted four hours.",
    ),
    (1, "你现在怎么看缩表？", "How do you look at quantitative tightening now?"),
    (
        3,
        "像看油漆变干。这是设计好的，每个月让到期的债券自己走掉，差不多400亿，不主动卖。危险的地方在于，没有人知道多少准备金才算够。美国人在2019年9月发现他们已经过了那条线，隔夜利率一个早上从2%跳到10%。",
        "Like watching paint dry. By design: you let maturing bonds roll off, some 40 billion a month, and you don't sell. The danger is that nobody knows how many reserves are enough. The Americans found out in September 2019 that they were past that line, when the overnight rate jumped from 2 to 10 percent in one morning.",
    ),
    (
        2,
        "我记得那天早上。我的手机响个不停。",
        "I remember that morning. My phone wouldn't stop ringing.",
    ),
    (3, "我的也是，虽然我在度假。", "Mine too, and I was on holiday."),
    (1, "在哪儿度假？", "Where?"),
    (
        3,
        "葡萄牙。我是在一个冲浪板旁边开的电话会议。",
        "Portugal. I took the call next to a surfboard.",
    ),
    (2, "最后问一下数字欧元。会有人用吗？", "Last one, the digital euro. Will anyone use it?"),
    (
        3,
        "会的，如果它免费、方便，而且没有人告诉他们这是什么。一旦你开始解释，你就输了。",
        "They will, provided that it's free, it's easy, and nobody tells them what it is. The moment you begin to explain, you've lost.",
    ),
    (
        1,
        "Henrik，谢谢你。这本书叫《不惜一切》，下个月上架。",
        "Henrik, thank you. The book is called At Any Cost, and it's out next month.",
    ),
    (3, "谢谢你们邀请我。", "Thank you both for having me."),
    (
        2,
        "好，Beatrice，我脑子里一直在转那个三明治。",
        "Okay, Beatrice, I can't stop thinking about that sandwich.",
    ),
    (
        1,
        "半个三明治，几千亿欧元。史上最贵的午餐。",
        "Half a sandwich and hundreds of billions of euros. The most expensive lunch in history.",
    ),
    (2, "我们该走了。我是Marcus Adeyemi。", "We should leave it there. I'm Marcus Adeyemi."),
    (
        1,
        "我是Beatrice Lindqvist，感谢收听。",
        "And I'm Beatrice Lindqvist. Thank you for listening.",
    ),
)


def discount_window() -> Subject:
    """The conversation; its turns are called t0, t1 …"""
    turns = tuple(
        Turn(f"t{place}", text=text, original=original, speaker=speaker, label=_LABELS[speaker])
        for place, (speaker, text, original) in enumerate(_SAID)
    )
    return Subject(
        slug="discount_window",
        title="一句话值几千亿",
        date="2025-02-06",
        source="https://example.org/discount_window",
        channel="Window Media",
        guest="Henrik Vasquez",
        summary="嘉宾讲述央行怎样创造货币，以及一句话为什么值几千亿欧元。",
        language="zh-Hans",
        turns=turns,
        listed={
            "person": frozenset([1, 2, 3, 4, 5]),
            "organisation": frozenset([1, 2, 3]),
            "work": frozenset([1]),
        },
        roles=_ROLES,
        register=NameIndex(NAMES),
    )
