"""A conversation of our own about sleep, in good order and freely translated: a host and a physician."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["night_ward"]

_SPEAKERS = (
    ("Fiona Castellano", "菲奥娜·卡斯特拉诺", "host"),
    ("Tobias Engström", "托比亚斯·恩斯特伦", "guest"),
)
_LINES = """
1 嗨，欢迎来到《凌晨三点》，一档关于失眠的节目，主持人是失眠患者Fiona Castellano，也就是我。
Hey there, and welcome to Three in the Morning, the show about not sleeping, hosted by somebody who doesn't, Fiona Castellano.
1 坐在我对面的是Tobias Engström，斯德哥尔摩一家医院睡眠门诊的主任。他是坐夜车来的，我觉得很应景。Tobias，你好吗？
Across from me is Tobias Engström, who runs the sleep clinic of a hospital in Stockholm. He took the night train to get here, which I find very fitting. Tobias, how are you?
2 累。但这是好的那种累。
Tired. But the good kind of tired.
1 还有好的那种？
There's a good kind?
2 当然有。好的那种是，你一躺下就睡着了。坏的那种是，你整天都累，一躺下却像被人开了灯。来我门诊的人都是后一种。
There sure is. The good kind is when you lie down and you're gone. The bad kind is when you've been exhausted all day, and then you lie down and it's as if somebody had switched on the light. Everybody who comes to my clinic is the second kind.
1 我举手。我就是后一种，已经十一年了。
I'm raising my hand here. That's me, eleven years and counting.
2 那你每天在床上躺多久？
And how many hours do you spend in bed?
1 九个小时吧，希望能睡着六个。
Nine maybe, in the hope of getting six.
2 看，这就是我们首先要改掉的。听起来很残忍，可我给病人的第一个处方就是少躺一会儿：六个小时，一分钟都不能多。头一个星期他们恨我。到了第三个星期，他们给我带蛋糕。
You see, that's the first thing we would change. It sounds cruel, but the first thing I prescribe is less time in bed: six hours and not a minute more. In the first week they hate me. In the third week they bring me cake.
1 这是什么道理？我睡得不够，结果药方是让我睡得更少？
How does that make sense? I don't sleep enough, so the cure is to let me sleep even less?
2 睡意是一种压力，像水库里的水一样慢慢攒起来。你早早上床，等于天天在放水，水位永远上不去。我们做的就是把闸门关上，等水位高到闸门自己打开为止。听着，我不是在打比方，大脑里真的有一种物质，**腺苷**（Adenosine: 一种让人产生睡意的分子），你醒着的每一个小时它都在积累。咖啡因干的事情就是坐到它的椅子上，不让它坐。
Sleepiness is a pressure, it builds up slowly, like the water behind a dam. If you go to bed early you're draining it a bit every night and the level never rises. All we do is close the gates until it's so high that they open by themselves. And mind you, that's not just a metaphor, there really is a substance in the brain, adenosine, which accumulates with every hour that you're awake. What caffeine does is take its chair so it can't sit down.
1 我现在看我这杯咖啡的眼神都变了。
I'm looking at this cup of coffee differently now.
2 喝吧，才上午十点。中午以后就别喝了，它的半衰期有五六个小时。你下午四点喝一杯，到了夜里十点，半杯还在你身体里跑。
Drink it, it's only ten. Just not after noon, since the half-life is five or six hours. If you have a cup at four, then at ten half of that cup is still running around in your body.
1 那酒呢？我妈妈发誓说睡前一杯红酒最管用。
What about alcohol? My mother swears by her glass of red.
2 你妈妈说对了一半。入睡是快了，可是后半夜就全毁了。酒精把做梦的那种睡眠压下去，等它代谢掉，梦就报复性地回来了，凌晨三点你就坐在床上，心怦怦跳。你这节目的名字就是这么来的吧？
Your mother's half right. You do fall asleep faster, but the second half of the night is ruined. Alcohol suppresses dream sleep, and once it's been metabolised the dreams come back with a vengeance, and at three in the morning you're sitting up in bed with your heart pounding. Isn't that where the name of your show comes from?
1 不，名字来自我的猫。不过这个解释更好，我收下了。
No, it comes from my cat. But yours is better, so I'll take it.
2 随便用。
Be my guest.
1 说说你自己吧。一个人怎么会去研究睡觉呢？小时候没人会说：我长大了要看别人睡觉。
Let's talk about you. How does one end up studying sleep? No kid ever said, when I grow up I want to watch people sleep.
2 是因为我父亲。他开货车，跑挪威到德国那条线。我九岁那年，他握着方向盘睡着了，三秒钟，就三秒。他没事，路边的一棵树没了。很多年以后我才知道那是**呼吸暂停**（Apnea: 睡眠中反复停止呼吸的病症），他一晚上大概有两百次喘不过气来，自己一点都不知道。一台小机器就能治好。可当时谁会去问一个卡车司机睡得好不好？没有人。
It was my father. He drove a truck between Norway and Germany. When I was nine he fell asleep at the wheel, for three seconds, that's all. He was fine, and a tree by the road was not. It was years before I found out that it was apnea, that he'd stopped breathing maybe two hundred times a night without ever knowing. A little machine takes care of that. But back then, who would ask a trucker how he slept? Nobody.
1 他现在还在吗？
Is he still with us?
2 八十四岁，每天睡八个小时，打呼噜的是我母亲。
Eighty-four, and he sleeps eight hours a night. It's my mother who snores.
1 太可爱了。
That's so sweet.
2 我会转告她的。
I'll pass that on.
1 我得问问那些手表。我的手表每天早上给我打分，昨天是六十二分。六十二分！我本来觉得睡得还行，看完就不行了。
I have to ask about the watches. Mine grades me every morning, and yesterday I got sixty-two. Sixty-two! I'd been feeling fine, and then I looked at it and I wasn't.
2 这种病现在有名字了，叫“完美睡眠强迫症”。我这么跟你说：手表测的是你的胳膊动不动。从胳膊猜大脑在干什么，就好比从厨房的灯猜这家人幸不幸福。有点关系，但是别太当真。
That condition has a name now, orthosomnia. Let me put it this way: what your watch measures is whether your arm is moving. To tell from the arm what the brain is doing is like telling from the kitchen light whether the family is happy. There's some connection, but I wouldn't take it too seriously.
1 所以你不戴？
So you don't wear one?
2 我戴一块机械表，1968年的，每天慢四分钟。我们很合得来。
I wear a mechanical one from 1968. It loses four minutes a day. We get along very well.
1 那么安眠药呢？坦白讲，我抽屉里有一盒，我敢说一半的听众也有。
And sleeping pills? To be honest, there's a box in my drawer, and I'd bet half of our listeners have one too.
2 偶尔吃一次，比如亲人去世，比如倒时差，我没意见。问题在于天天吃。吃三个星期以后，你停药的那一晚会比吃药之前更糟，于是你就得出结论：看吧，我离不开它。其实那只是反弹，挺过四五天就过去了。我有一个病人，一位退休的女法官，吃了三十年，我们花了十个月一点一点减下来，每次减八分之一片。最后一片她用小盒子装着，放在壁炉上，像个奖杯。
Once in a while, when somebody has died, say, or for jet lag, I have no objection. The trouble is taking them every day. After three weeks the night you stop is worse than anything you had before, and so you conclude: there you go, I can't do without them. When really it's just the rebound, and it's over in four or five days. I have a patient, a retired judge, who'd been on them for thirty years, and it took us ten months to come off, an eighth of a tablet at a time. She keeps the last one in a little box on her mantelpiece, like a trophy.
1 一位法官，给自己减了刑。
A judge who commuted her own sentence.
2 哈，这个我要偷走。
Ha, I'm stealing that.
1 我们收到很多来信。有一位叫玛格丽特的听众写道：“我丈夫说我睡得像块石头，我却觉得整夜没合眼。我们俩谁疯了？”
We get a lot of letters. A listener by the name of Margaret writes, "My husband says I sleep like a log, and I feel as if I hadn't closed my eyes all night. Which of us is crazy?"
2 都没疯。我们在实验室里天天看到这种情况：脑电波显示睡了七个小时，病人说一分钟也没睡。以前的医生就说，那是你想象出来的。现在我们用更细的仪器去看，发现她的大脑有一部分确实醒着，在站岗。她说的是实话，她丈夫也是。
Neither. We see it in the lab all the time: seven hours according to the brain waves, and not a minute according to the patient. Doctors used to tell them they were imagining it. Now that we have better instruments we can see that a part of the brain really is awake, standing guard. She's telling the truth, and so is he.
1 玛格丽特，你听到了吗？去告诉你丈夫。
Margaret, did you hear that? Go and tell your husband.
2 客气一点告诉他。
Be nice about it.
1 最后，给那些现在正醒着、正在听我们说话的人，一个建议，只要一个。
Finally, for those who are awake right now and listening to us, one piece of advice, just one.
2 起来。别躺在那儿跟自己较劲。去厨房，坐在一张不太舒服的椅子上，看一本不太好看的书。困了再回去。床是用来睡觉的，不是用来想事情的。还有，把钟转过去对着墙。知道现在是三点十七分，对谁有好处呢？
Get up. Don't lie there fighting with yourself. Go to the kitchen, sit on a chair that isn't too comfortable and read a book that isn't too good. Go back when you're sleepy. Beds are for sleeping, not for thinking. Oh, and turn the clock to the wall. Who has ever been helped by knowing that it's three seventeen?
1 一本不太好看的书。我自己就写过一本。
A book that isn't too good. I happen to have written one of those.
2 那你的床头柜上已经有药了。
Then the cure is on your nightstand already.
1 Tobias Engström，多谢你大老远跑来。祝你今晚在火车上睡个好觉。
Tobias Engström, thanks for coming all this way. I hope you get some sleep on the train tonight.
2 在火车上我从来睡不着。不过谢谢你的好意。
I never sleep on trains. But thank you for the thought.
"""


def night_ward() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
