"""A conversation of our own about cocoa, in good order: two hosts who banter, and a trader."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["cocoa"]

_SPEAKERS = (
    ("Naomi Feldman", "娜奥米·费尔德曼", "host"),
    ("Desmond Okafor", "德斯蒙德·奥卡福", "host"),
    ("Ilse Brandt", "伊尔莎·布兰特", "guest"),
)
_LINES = """
1 大家好，欢迎收听《二阶导数》。我是Naomi Feldman。
Hello and welcome to another episode of The Second Derivative. I'm Naomi Feldman.
2 我是Desmond Okafor。
And I'm Desmond Okafor.
1 Desmond，我得坦白一件事。我昨天花了十一美元买一块巧克力。
Desmond, I have a confession to make. Yesterday I paid eleven dollars for a bar of chocolate.
2 十一美元？是金子做的吗？
Eleven dollars? Was it made of gold?
1 差不多。我站在收银台前想：我是不是疯了？是的，大概是疯了，但我还是买了。
Pretty much. I'm standing at the register and I think, have I lost my mind? Yes, probably, but I bought it anyway.
2 对，而且你不是一个人。可可价格去年翻了两倍还多，对吧？我记得有一天它比铜还贵。这太荒唐了。
Right, and you're not alone. Cocoa more than tripled last year, right? I remember one day when it was more expensive than copper. Which is just absurd.
1 所以我们应该找个真正懂的人来聊聊。
So we should talk to somebody who actually knows this stuff.
2 是的。我们今天请到了Ilse Brandt。她在汉堡做了二十二年可可贸易，先是在一家大贸易行，现在自己开公司。Ilse，非常感谢你来。
Yeah. So today we have Ilse Brandt. She has traded cocoa out of Hamburg for twenty-two years, first at one of the big trading houses and now at her own firm. Ilse, thank you so much for coming on.
3 谢谢你们邀请我。不过我得先声明，我不吃巧克力。
Thank you for having me. I should say up front that I don't eat chocolate.
1 等等，真的吗？
Wait, really?
3 真的。你要是每天早上六点钟尝十二种可可液，你也不会想吃的。
Really. If you had to taste twelve cocoa liquors at six every morning, you wouldn't want to either.
2 我们从基础讲起。一颗可可豆从树上到我嘴里，中间发生了什么？
Let's start with the basics. What happens to a cocoa bean between the tree and my mouth?
3 好问题。首先，农民用砍刀把豆荚割下来，剖开，把白色的果肉和豆子一起放在香蕉叶底下发酵六天。没有发酵就没有巧克力的味道，这一点很多人不知道。然后晒干，装袋，卖给一个骑摩托车来的中间商。从那时候起，它就不再是食物，而是一份合同了。
Good question. So, first of all the farmer cuts down the pod with a machete, splits it, and leaves the beans and the white pulp under banana leaves to ferment for six days. Without fermentation there is no chocolate flavour, which a lot of people don't know. Then it's dried, put in bags and sold to a middleman who comes on a motorbike. And from that moment on it's no longer food, it's a contract.
1 我喜欢这个说法。
I love that.
3 是的，我跟新来的实习生也是这么讲的。
Yeah, that's what I tell the new interns.
2 这些树主要长在哪里？
And where do these trees mostly grow?
3 六成在两个国家：科特迪瓦和加纳。剩下的是厄瓜多尔、喀麦隆、尼日利亚。可可只能长在赤道南北二十度以内，要有雨，要有树荫，还要有人愿意干这种活。
Sixty percent is two countries, Ivory Coast and Ghana. The rest is Ecuador, Cameroon, Nigeria. Cocoa only grows within twenty degrees of the equator, it needs rain, it needs shade, and it needs somebody who is willing to do that kind of work.
1 那么到底出了什么问题？为什么突然就不够了？
So what went wrong? Why is there suddenly not enough of it?
3 每个人都说是天气，对吧？厄尔尼诺，雨下得不是时候。这没错，但这只是故事的一半。真正的问题是树太老了。加纳的可可树很多是七十年代种的。一棵树过了二十五年产量就往下走。为什么不换新的？因为新树要等四年才结果，而农民一天只挣两美元，他等不起四年。
Everybody says it's the weather, right? El Niño, the rain came at the wrong time. And that's true, but it's only half of the story. The real problem is that the trees are too old. A lot of the trees in Ghana were planted in the seventies. After twenty-five years the yield goes down. Why don't they replant? Because a new tree takes four years to bear fruit, and a farmer who makes two dollars a day can't wait for four years.
2 而且还有病害，是不是？
And there's a disease as well, isn't there?
3 肿枝病。它是一种病毒，由粉蚧传播，唯一的办法是把树砍掉烧掉。
Swollen shoot. It's a virus, mealybugs spread it, and the only cure is to cut the tree down and burn it.
1 天哪。
Oh my God.
2 我想问问期货市场。价格到一万二的时候，你坐在屏幕前面吗？
I want to ask about the futures market. When the price hit twelve thousand, were you sitting in front of the screen?
3 我坐在牙医的椅子上。我的电话一直在震动，最后牙医说：“布兰特女士，要么是有人死了，要么是有人发财了。”我说：“医生，两者都是。”
I was sitting in the dentist's chair. My phone kept buzzing, and in the end the dentist said, "Ms. Brandt, either somebody died or somebody got rich." And I said, "Doctor, it's both."
1 太好笑了。那么是谁发财了？
That's hilarious. So who got rich?
3 不是农民，这一点我可以告诉你。在加纳，价格是政府在季节开始时定好的。当伦敦涨到一万的时候，农民拿到的还不到两千。你会怎么做？你会把豆子装上卡车，半夜开过边境。我们估计有十六万吨就这样消失了。
Not the farmers, I can tell you that. In Ghana the price is set by the government at the start of the season. So when London was at ten thousand, the farmer got less than two. What would you do? You'd put your beans on a truck and drive across the border at night. We think that a hundred and sixty thousand tons vanished like that.
2 走私可可豆。这可以拍一部电影了。
Smuggling cocoa beans. That's a movie right there.
3 有人正在拍，真的。
Somebody's making it, actually.
1 那些大的巧克力公司呢？他们不是都做了对冲吗？
What about the big chocolate companies? Weren't they all hedged?
3 做了，大概对冲了九个月到一年。这就像带了一把伞，但雨下了两年。有意思的是，对冲本身差点把一些贸易行弄垮了。如果你手里有实物，你就在期货上做空；价格一涨，你每天晚上都要追加保证金。你在账面上是对的，可是银行明天早上就要现金。
They were, for about nine months to a year. It's like bringing an umbrella and then it rains for two years. The interesting thing is that the hedge itself nearly killed some of the trading houses. If you hold the physical beans you're short the futures, and when the price goes up you get a margin call every night. On paper you're right, but the bank wants its cash tomorrow morning.
2 所以你的意思是，你可以什么都做对了，还是会破产？
So you're saying you can do everything right and still go bust?
3 完全正确。我认识三家这样的公司。
Exactly. I know three firms that did.
1 你自己呢？你当时害怕吗？
And you? Were you scared?
3 怕得睡不着觉。我把房子抵押了。
I couldn't sleep. I mortgaged the house.
2 哇。好的，那么让我问一个可能很蠢的问题。高价格本身不就是解药吗？价格上涨，大家多种树，少吃巧克力，价格就下来了。教科书上是这么说的，不是吗？
Wow. Okay, so let me ask what may be a dumb question. Isn't the cure for high prices high prices? The price goes up, people plant more trees and eat less chocolate, and the price comes down. That's what the textbook says, no?
3 这不蠢。需求那一边，是的，很快：包装变小了，配方里的可可脂换成了棕榈油，情人节的巧克力里放了更多的坚果。供应那一边，你得等四年，而且前提是农民相信四年以后价格还在。他的父亲在1977年相信过一次，后来价格跌了十五年。
It isn't dumb. On the demand side, yes, that's quick: the packs get smaller, cocoa butter is replaced with palm oil, and there are more nuts in the Valentine's chocolates. On the supply side you have to wait for four years, and that's provided the farmer believes the price will still be there in four years. His father believed it once, in 1977, and then it fell for fifteen years.
1 记忆力很好的市场。
A market with a long memory.
3 农民的记忆力比交易员好得多。
Farmers have a much better memory than traders.
2 现在价格又掉回到六千以下了。这是不是说明危机结束了？
Now it's back below six thousand. Does that mean that the crisis is over?
3 我不这么认为。库存还是四十年来最低的。我会说，市场只是累了，投机的人都走了。现在一天的成交量只有以前的三分之一，随便一个消息就能让它动百分之八。
I don't think so. Stocks are still the lowest in forty years. I'd say the market is just tired, and the speculators have all gone home. Volume is a third of what it used to be, so any headline can move it eight percent in a day.
1 说到消息，欧盟的那个森林法规会怎么样？
Speaking of headlines, what happens with that EU forest regulation?
3 从明年起，你得证明每一袋豆子来自哪一块地，精确到坐标，而且那块地2020年以后没有砍过树。有一百万个小农户，每人两三公顷，很多人连身份证都没有。谁来付这个钱？没有人知道。我猜最后是你们，那些花十一美元的人。
From next year on you have to prove which plot every bag came from, down to the coordinates, and that nobody has cut a tree there since 2020. There are a million smallholders with two or three hectares each, and many of them don't even have an ID card. Who pays for that? Nobody knows. My guess is that in the end it's you, the people who pay eleven dollars.
1 我感觉被点名了。
I feel seen.
2 最后一个问题。如果你今天二十五岁，你还会进这一行吗？
Last question. If you were twenty-five today, would you go into this business again?
3 会，马上就会。你知道还有哪个行业能让你早上跟加纳的酋长喝棕榈酒，下午跟一个算法打架吗？
I would, right away. Do you know any other business where you drink palm wine with a Ghanaian chief in the morning and fight an algorithm in the afternoon?
1 Ilse Brandt，这真是太精彩了。谢谢你。
Ilse Brandt, this was fantastic. Thank you.
3 谢谢你们两位，我很开心。
Thank you both, this was fun.
2 好，Naomi，我觉得我学到了很多。我没想到对冲会把你弄死。你知道吗？我们以前谈镍的时候也说过同样的话。
Okay, Naomi, I feel like I learned a lot. I didn't realise that the hedge is what kills you. You know what? We said the same thing when we talked about nickel.
1 没错，每一次都是保证金。我一直在想那个农民的父亲。如果你被骗过一次，你还会再种一棵树吗？大概不会。
Totally, it's always the margin calls. I keep thinking about that farmer's father. If you got burned once, would you plant another tree? Probably not.
2 不过你还是会再买一块巧克力的，对吧？
But you'll buy another bar of chocolate, won't you?
1 今天下午就去。我是Naomi Feldman。
This very afternoon. I'm Naomi Feldman.
2 我是Desmond Okafor。感谢收听。
And I'm Desmond Okafor. Thanks for listening.
"""


def cocoa() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
