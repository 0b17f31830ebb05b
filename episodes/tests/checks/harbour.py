"""A conversation of our own that is in good order: nothing in it is anybody's fault.

It is translated freely, as people do, and full of what only looks like a fault: words and other people
that are nearly somebody's name, questions that are rhetorical, a host who speaks of himself, numbers in
other units.
"""

from __future__ import annotations

from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name, Subject, Turn

__all__ = ["NAMES", "REGISTER", "TERMS", "harbour"]

NAMES = (
    Name(1, "person", "Gillian Alloway", "吉莉安·阿洛韦"),
    Name(2, "person", "Peter Weisenthal", "彼得·维森塔尔"),
    Name(3, "person", "Marta Van Geelen", "玛尔塔·范·海伦"),
    Name(4, "person", "Scott Galloway", "斯科特·加洛韦"),
    Name(5, "person", "Peter Weissman", "彼得·魏斯曼"),
    Name(1, "organisation", "Maersk", "马士基"),
    Name(2, "organisation", "Seagate", "希捷"),
    Name(3, "organisation", "Stargate Lines", "星门航运"),
    Name(4, "organisation", "Oracle", "甲骨文"),
    Name(1, "work", "Harbour Talk podcast", "港口夜话"),
)
TERMS = (
    (1, ("吞吐量", "throughput")),
    (2, ("集装箱", "container")),
    (3, ("滞期费", "demurrage")),
    (4, ("长期租船合同", "long-term charter")),
)
REGISTER = NameIndex(NAMES, TERMS)

_A, _W, _G = 1, 2, 3
_LABELS = {_A: "Gillian Alloway", _W: "Peter Weisenthal", _G: "Marta Van Geelen"}
_SAID: tuple[tuple[int, str, str], ...] = (
    (
        _A,
        "大家好，欢迎收听《港口夜话》。我是Gillian Alloway。",
        "Hello and welcome to another episode of Harbour Talk. I'm Gillian Alloway.",
    ),
    (_W, "我是Peter Weisenthal。", "And I'm Peter Weisenthal."),
    (
        _A,
        "Peter，你最近一次去码头是什么时候？",
        "Peter, when was the last time you actually went down to the docks?",
    ),
    (
        _W,
        "老实说，大概是十年前吧。那时候我还以为所有的船都涂成蓝色。",
        "To be honest, maybe ten years ago. Back then I thought that every ship was painted blue.",
    ),
    (
        _A,
        "所以我们今天请来了Marta Van Geelen，她写过一本关于**集装箱**（Container: 标准尺寸的货箱）的书。Marta，欢迎你。",
        "So we brought in Marta Van Geelen today, who wrote a whole book about the container. Marta, welcome.",
    ),
    (_G, "谢谢邀请，我很高兴来到这里。", "Thanks so much for having me, I'm happy to be here."),
    (
        _W,
        "我们从头说起。为什么一个铁盒子能改变世界贸易？",
        "Let's begin at the beginning. Why would a steel box change world trade?",
    ),
    (
        _G,
        "因为在那之前，装一艘船需要一个星期，还要两百个工人。现在只要一天，用二十个人就够了。",
        "Because before that it took a week to load a ship, and two hundred workers. Now you do it in a day with twenty people.",
    ),
    (
        _G,
        "我是说，盒子本身并不聪明。聪明的是大家都同意用同一个尺寸。",
        "I mean, the box itself isn't smart. What's smart is that everybody agreed on one size.",
    ),
    (_A, "嗯。", "Mhm."),
    (_W, "那钱呢？谁从中赚钱？", "And what about the money? Who makes a profit on that?"),
    (
        _G,
        "起初是铁路公司，后来是马士基那样的大船东。为什么是他们？因为他们有足够的资本去买新船。",
        "First it was the railroads, later big owners like Maersk. Why them? Because they had the capital to buy new ships.",
    ),
    (
        _A,
        "我读过Scott Galloway的一篇文章，他说航运就是一场赌博，对吧？",
        "I read a piece by Scott Galloway where he says that shipping is just gambling, right?",
    ),
    (
        _G,
        "有点夸张，但也不算错。运费一年之内可以涨五倍，再跌回去。",
        "That's a bit much, but it isn't wrong. Freight rates can go up five times within a year and fall back again.",
    ),
    (
        _W,
        "我确信有听众会问：这和我有什么关系？",
        "I'm sure there are listeners who ask: what does that have to do with me?",
    ),
    (
        _G,
        "关系很大。你家里的每一张桌子，每一台冰箱，都在海上走过。",
        "A lot. Every table in your house, every fridge, has been out at sea.",
    ),
    (
        _A,
        "说到冰箱，冷藏箱的耗电量是不是很大？",
        "Speaking of fridges, don't the refrigerated boxes take a lot of power?",
    ),
    (
        _G,
        "是的，一个冷藏箱大约要七千瓦。一艘大船上有一千个，你就需要一座小型发电厂。",
        "They do, about seven kilowatts for one of them. With a thousand on a big ship you need a small power plant.",
    ),
    (
        _W,
        "这就是为什么Stargate Lines要自己造燃气轮机？",
        "Is that why Stargate Lines is building its own gas turbines?",
    ),
    (
        _G,
        "正是如此。港口的电网根本撑不住，所以他们干脆自己动手。",
        "Exactly. The grid in the harbour can't take it, so they simply do it themselves.",
    ),
    (_A, "铝合金的箱子呢？有人试过吗？", "What about boxes made of alloy? Has anybody tried?"),
    (
        _G,
        "试过，太贵了。合金轻了三成，可是价格翻了一倍。",
        "People tried, it's too expensive. The alloy is thirty percent lighter, but it costs twice as much.",
    ),
    (_W, "哇。", "Wow."),
    (
        _G,
        "还有一点常常被忘记：**滞期费**（Demurrage: 船舶超期停留的费用）。船在港外等着，每天都在烧钱。",
        "And there's one thing people always forget, which is demurrage. The ship waits outside of the port and burns money every day.",
    ),
    (_A, "等了多久？", "For how long?"),
    (
        _G,
        "2021年的时候，洛杉矶外面有一百多艘船，平均要等十七天。",
        "In 2021 there were more than a hundred ships off Los Angeles, and on average they waited for seventeen days.",
    ),
    (_W, "我记得那张照片。看起来就像一支舰队。", "I remember that picture. It looked like a navy."),
    (
        _G,
        "我当时就住在那边，晚上能看到所有的灯。很漂亮，也很疯狂。",
        "I lived there back then, and at night you could see all of the lights. It was beautiful and a little crazy.",
    ),
    (_A, "如果你是一个投资者，你会买什么？", "If you were an investor, what would you buy?"),
    (
        _G,
        "我不给建议。不过我会看**长期租船合同**（Long-term Charter: 按年签订的租船协议），那里能看出船东真正相信什么。",
        "I don't give advice. But I'd look at the long-term charter, because that tells you what owners really believe.",
    ),
    (_W, "Seagate的硬盘也是这样运的吗？", "Do the hard drives of Seagate travel like that too?"),
    (
        _G,
        "不，那些走空运。太小、太贵，等不起。",
        "No, those go by air. They're too small and too valuable to wait.",
    ),
    (
        _A,
        "最后一个问题：十年以后，码头上还会有人吗？",
        "One last question: will there be any people at the docks in ten years?",
    ),
    (
        _G,
        "会有的，但是不多。鹿特丹已经有一个码头，晚上连灯都不开，因为机器人不需要看。",
        "There will be, but not many. In Rotterdam there's a terminal already where they don't even switch on the lights at night, since robots don't need to see.",
    ),
    (_W, "Marta，非常感谢你来参加我们的节目。", "Marta, thank you so much for coming on the show."),
    (_G, "谢谢你们，Peter，Gillian。", "Thank you, Peter and Gillian."),
    (
        _A,
        "好的，Peter，你怎么看？我自己是被那个滞期费吓到了。",
        "Okay, Peter, what did you make of it? I for one was scared by that demurrage.",
    ),
    (
        _W,
        "我喜欢她说的那句话：聪明的不是盒子，是大家达成的一致。",
        "I love what she said: it's not the box that is smart, it's the agreement.",
    ),
    (
        _A,
        "这是新一期的《港口夜话》。我是Gillian Alloway。",
        "This has been another episode of Harbour Talk. I'm Gillian Alloway.",
    ),
    (_W, "我是Peter Weisenthal。感谢收听。", "And I'm Peter Weisenthal. Thanks for listening."),
)


def harbour(**fields: object) -> Subject:
    """The conversation; its turns are called t0, t1 …"""
    turns = tuple(
        Turn(
            uid=f"t{place}",
            text=text,
            original=original,
            speaker=speaker,
            label=_LABELS[speaker],
        )
        for place, (speaker, text, original) in enumerate(_SAID)
    )
    values: dict[str, object] = {
        "slug": "harbour",
        "title": "一个铁盒子如何改变了世界",
        "date": "2025-03-01",
        "source": "https://example.com/harbour",
        "channel": "Harbour Media",
        "guest": "Marta Van Geelen",
        "summary": "嘉宾讲述集装箱的历史，以及谁从中赚钱。",
        "turns": turns,
        "listed": {
            "person": frozenset({1, 2, 3, 4}),
            "organisation": frozenset({1, 2, 3}),
            "work": frozenset({1}),
        },
        "roles": {1: "host", 2: "host", 3: "guest", 4: "mentioned"},
        "register": REGISTER,
    }
    return Subject(**{**values, **fields})  # type: ignore[arg-type]
