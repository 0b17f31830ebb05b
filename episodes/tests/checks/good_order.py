"""An episode of our own in good order: two hosts and a guest about cold storage, with many numbers."""

from __future__ import annotations

from episodes.checks.subject import Subject, Turn

__all__ = ["good_order"]

ANN, BO, CARA = 1, 2, 3

TURNS = [
    (ANN, "欢迎收听《码头时间》，我是安·李。", "Welcome to Quay Time. I'm Ann Lee."),
    (BO, "我是博·陈。", "And I'm Bo Chen."),
    (ANN, "博，你上次去冷库是什么时候？", "Bo, when did you last set foot in a cold store?"),
    (BO, "嗯，大概是2019年吧，里面零下二十五度。", "Uh, 2019 maybe? It was minus 25 in there."),
    (ANN, "那可真冷。", "That's cold."),
    (
        BO,
        "确实冷。我记得那家公司当时有四百五十名员工，现在已经超过两千人了。",
        "It is. I remember the company had four hundred and fifty people then, and now it's over 2,000.",
    ),
    (
        ANN,
        "今天的嘉宾就是做这个的：卡拉·范戴克，她在**冷链**（Cold Chain: 全程保持低温的 3 段运输）行业干了二十多年。",
        "Our guest today does exactly that: Cara van Dijk has spent twenty-some years in the cold chain.",
    ),
    (CARA, "谢谢邀请，很高兴来到这里。", "Thanks for having me. Good to be here."),
    (BO, "先说说规模吧，这个市场有多大？", "Let's start with the scale. How big is this market?"),
    (
        CARA,
        "全球大约3000亿美元，每年增长12%到15%。",
        "Globally about $300 billion, growing 12 to 15 percent a year.",
    ),
    (BO, "每年百分之十五？", "Fifteen percent a year?"),
    (CARA, "对，至少过去十年是这样。", "Right. For the last decade at least."),
    (
        CARA,
        "而且其中三分之二在亚洲，光中国就有一亿八千万立方米的库容。",
        "And two thirds of that is in Asia. China alone has 180 million cubic meters of capacity.",
    ),
    (ANN, "一个冷库要花多少钱？", "What does one of these cost?"),
    (
        CARA,
        "小的一千五百万美元，大的能到两亿。我们去年在鹿特丹建的那个花了1.2亿欧元。",
        "A small one is $15 million, a big one can go to 200. The one we built in Rotterdam last year "
        "was €120 million.",
    ),
    (BO, "哇。", "Wow."),
    (ANN, "钱主要花在哪里？", "Where does the money go?"),
    (
        CARA,
        "四成是制冷设备，三成是建筑，剩下的是自动化。每个仓库有八十台机器人。",
        "Forty percent is refrigeration, thirty percent the building, and the rest is automation. "
        "Each store has 80 robots.",
    ),
    (BO, "八十台！它们多少钱一台？", "Eighty! How much are they apiece?"),
    (
        CARA,
        "大概三万五千美元，便宜的也要两万。",
        "Around thirty-five grand. The cheap ones are 20.",
    ),
    (ANN, "电费呢？", "And electricity?"),
    (
        CARA,
        "一个大冷库要用6**兆瓦**（Megawatt: 一百万瓦）的电，24小时不停。一年的电费是五百多万美元。",
        "A big one draws six megawatts around the clock, 24/7. The bill is more than $5 million a year.",
    ),
    (BO, "相当于多少户家庭？", "How many homes is that?"),
    (CARA, "差不多五千户。", "About five thousand households."),
    (ANN, "如果停电会怎么样？", "What happens if the power goes out?"),
    (
        CARA,
        "前8个小时没问题，因为保温层有30厘米厚。超过两天，货就要扔掉一半。",
        "The first eight hours are fine, because the insulation is a foot thick. After 48 hours you "
        "throw half of the goods away.",
    ),
    (
        BO,
        "2021年2月德州停电的时候，你们在吗？",
        "Were you there when Texas went dark in February '21?",
    ),
    (
        CARA,
        "在。我们有三个库在休斯敦，其中一个停了71个小时。损失了九百万美元的虾。",
        "We were. We had three stores in Houston, and one was out for 71 hours. We lost nine million "
        "dollars' worth of shrimp.",
    ),
    (ANN, "九百万美元的虾。", "Nine million dollars of shrimp."),
    (CARA, "全扔了。", "All of it gone."),
    (BO, "保险赔了吗？", "Did insurance pay?"),
    (
        CARA,
        "赔了60%，等了一年半。",
        "They paid 60 percent of it, and it took eighteen months.",
    ),
    (ANN, "说说水果吧。香蕉要多少度？", "Let's talk fruit. What do bananas need?"),
    (
        CARA,
        "13.5度，上下不能超过半度。一箱重四十磅，一个四十英尺的箱子装1,080箱。",
        "Thirteen point five degrees, plus or minus half a degree. A box weighs 40 pounds, and a "
        "forty-foot container takes 1,080 of them.",
    ),
    (BO, "从厄瓜多尔到上海要多久？", "How long from Ecuador to Shanghai?"),
    (CARA, "25到28天，走巴拿马运河的话会更久。", "25 to 28 days, longer through the Panama Canal."),
    (
        ANN,
        "运费呢？疫情期间涨到过两万美元一箱，对吧？",
        "And the rate? It went to $20,000 a box during the pandemic, right?",
    ),
    (
        CARA,
        "是的，2021年9月最高。现在是3400美元，比2019年高出大约一倍。",
        "Yes, September 2021 was the peak. Now it's thirty-four hundred dollars, roughly double 2019.",
    ),
    (BO, "你们怎么看未来五年？", "How do you see the next five years?"),
    (
        CARA,
        "我们打算投资二十五亿美元，建40个新库，把库容翻一番。",
        "We plan to invest two and a half billion dollars, build 40 new stores and double capacity.",
    ),
    (
        BO,
        "二十五亿，钱从哪里来？利率还在5%左右。",
        "Two and a half billion. Where does that come from, with rates at around five percent?",
    ),
    (
        CARA,
        "一半靠发债，另一半来自股东。第三季度我们刚发了7.5亿美元的债券，票息5.875%。",
        "Half is debt, the other half from shareholders. We sold a $750 million bond in the third "
        "quarter, at five point eight seven five percent.",
    ),
    (ANN, "有没有人说这是泡沫？", "Does anybody call it a bubble?"),
    (
        CARA,
        "每天都有。《金融时报》4月2日写过一篇，说我们的市盈率有45倍。",
        "Every day. The FT had a piece on April 2nd saying we trade at 45 times earnings.",
    ),
    (BO, "你怎么回答？", "What do you say?"),
    (CARA, "我说：去看看香蕉。（笑）", "I say: go and look at the bananas. [laughter]"),
    (
        ANN,
        "最后一个问题，是一位叫@quay_fan的听众问的。",
        "Last question, from a listener, @quay_fan.",
    ),
    (ANN, "你早上几点起床？", "What time do you get up?"),
    (CARA, "四点半。船不等人。", "4:30. Ships wait for nobody."),
    (BO, "谢谢卡拉。", "Thank you, Cara."),
    (CARA, "谢谢你们。", "Thank you both."),
    (
        ANN,
        "这就是《码头时间》第118期。更多内容请访问 quaytime.example/118 ，我们下周见。",
        "That was episode 118 of Quay Time. For more go to quaytime.example/118. See you next week.",
    ),
    (BO, "再见。", "Goodbye."),
]


def good_order() -> Subject:
    """The episode, its music included."""
    turns = [
        Turn(uid=f"t{place}", text=text, original=original, speaker=speaker)
        for place, (speaker, text, original) in enumerate(TURNS)
    ]
    music = Turn(uid="music", kind="cue", text="[音乐]", original="[Music]")
    return Subject(turns=(music, *turns, Turn(uid="end", kind="cue", text="[音乐]")))
