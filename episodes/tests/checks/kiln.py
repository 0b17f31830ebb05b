"""A conversation of our own about pottery, in good order: a host and two guests, short answers."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["kiln"]

_SPEAKERS = (
    ("Greta Sandoval", "格蕾塔·桑多瓦尔", "host"),
    ("Hamid Rostami", "哈米德·罗斯塔米", "guest"),
    ("Joanna Pike", "乔安娜·派克", "guest"),
)
_LINES = """
1 各位好，这里是《手艺人》。今天两位客人都玩泥巴。
Hi all, this is The Makers. Both of my guests today play with mud.
1 Hamid Rostami在伊斯法罕长大，现在在康沃尔烧窑。Joanna Pike以前是材料科学家，去年辞了职，开始卖杯子。
Hamid Rostami grew up in Isfahan and now fires kilns in Cornwall. Joanna Pike was a materials scientist until last year, when she quit and started selling mugs.
2 你好，Greta。
Hello, Greta.
3 谢谢你叫我们来。
Thanks for having us.
1 从泥土讲起吧。一把泥怎么变成一个杯子？
Let's start with the clay. How does a handful of dirt become a mug?
3 黏土其实是一片一片的，像一副扑克牌，中间夹着水。你一推，牌就滑开，可是不会散。这就是为什么它能留住你手指的形状。
Clay is really made of platelets, like a deck of cards with water in between. Push it and the cards slide, but they don't come apart. That's why it keeps the shape of your fingers.
2 我爷爷不懂什么扑克牌。他把泥含在嘴里尝。
My grandfather knew nothing about cards. He put the clay in his mouth and tasted it.
1 尝什么？
Tasted for what?
2 沙子，盐，还有石灰。石灰最坏，烧的时候会炸。
Sand, salt, and lime. Lime is the worst, it explodes in the firing.
3 他说的完全正确，碳酸钙在八百多度会分解。我们用十五万英镑的机器测的就是这个。
He's absolutely right about that, calcium carbonate breaks down at a little over eight hundred degrees. That's what we measured with a machine that cost a hundred and fifty thousand pounds.
1 一根舌头省了十五万。
A tongue that saves you a hundred and fifty grand.
2 但是舌头会得病。他六十岁就没牙了。
But tongues get sick. He had no teeth left at sixty.
1 那釉呢？那些颜色是哪里来的？
And the glazes? Where do the colours come from?
3 釉就是玻璃。沙子、助熔剂、一点金属。铁给你棕色、绿色、黑色，取决于窑里有多少氧气。铜更疯，同一个罐子，一面红一面绿。
Glaze is just glass. Sand, something to make it melt, and a bit of metal. Iron gives you brown or green or black, depending on how much oxygen there is in the kiln. Copper's even crazier, one and the same pot can be red on one side and green on the other.
3 我做了九年的玻璃涂层，从来没想过可以用它喝茶。
I spent nine years on glass coatings and it never occurred to me that you could drink tea from one.
1 你后悔吗？
Do you regret it?
3 后悔没有早点走。工资少了三分之二，可是我晚上睡得着。
That I didn't leave sooner. I make a third of what I used to, but I sleep at night.
2 她的杯子卖得比我的好，我得承认。
Her mugs sell better than mine, I have to admit.
3 因为我的不漏水。
That's because mine don't leak.
2 一个！就漏了一个！
One! One of them leaked!
1 Hamid，你用柴烧窑。现在谁还烧柴啊？电窑不是又便宜又稳吗？
Hamid, you fire with wood. Who still does that? Isn't an electric kiln cheaper and more reliable?
2 电窑给你想要的东西。柴窑给你没想到的东西。灰落在罐子上，自己变成釉，每一个都不一样。我们四个人轮班，烧三天三夜，每五分钟添一次柴。到第三天夜里，你已经不是在看火，你是在听它。
An electric kiln gives you what you want. A wood kiln gives you what you never thought of. The ash settles on the pots and turns to glaze by itself, no two of them alike. There are four of us, in shifts, three days and three nights, a log every five minutes. By the third night you're no longer watching the fire, you're listening to it.
1 火有什么声音？
What does a fire sound like?
2 饿的时候它喘气。饱的时候它唱歌。
When it's hungry it pants. When it's full it sings.
3 从物理上讲，那是气流的共振。不过，好吧，唱歌。
Physically speaking, that's resonance in the flue. But okay, singing.
1 失败率有多高？
How many do you lose?
2 三成。有一次是全部。1998年，下雨，烟囱塌了，两百四十件，一件都没剩下。我坐在泥里哭。后来我妻子捡了几块碎片，镶成了浴室的地板。每天早上我踩着那次失败去刷牙。
Thirty percent. Once it was all of it. In 1998 it rained, the chimney came down, two hundred and forty pieces and not one survived. I sat in the mud and cried. Then my wife picked up some of the shards and made a bathroom floor out of them. I walk over that failure every morning when I brush my teeth.
1 这故事真好。
What a great story.
3 我去过那个浴室，地板凉得要命。
I've been in that bathroom, the floor's freezing.
1 听众想知道：初学者该买什么？转盘吗？
People want to know what a beginner should buy. A wheel?
3 什么都别买。一袋泥，十二块钱，一张旧桌子。捏一百个小碗，把前九十个扔掉。人们花两千块买转盘，然后在上面晾衣服。
Nothing. A bag of clay for twelve pounds and an old table. Pinch a hundred little bowls and throw the first ninety away. People spend two thousand on a wheel and then they dry their laundry on it.
2 我同意。手先学会了，工具才有用。
I agree. Tools are no use until the hands have learned.
1 你们俩难得意见一致。
The two of you agree for once.
2 记下来，今天几号？
Write it down. What's the date?
1 最后，你们最珍惜的一件东西是什么？Joanna？
Last thing, what's the one piece that you treasure most? Joanna?
3 我女儿捏的一头大象。没有鼻子，鼻子在窑里掉了。
An elephant that my daughter made. It has no trunk, that fell off in the kiln.
2 我爷爷的一个水罐。上面有他的指纹，在把手底下，烧进去了。我把拇指放上去，刚好合适。
A water jug of my grandfather's. It has his fingerprint on it, under the handle, fired into the clay. I put my thumb there and it fits.
1 我得去擦擦眼睛了。Hamid，Joanna，谢谢你们。下周我们去拜访一位修钟的人。
I have to go and wipe my eyes. Hamid, Joanna, thank you. Next week we visit a man who repairs clocks.
"""


def kiln() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
