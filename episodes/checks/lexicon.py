"""Common words of both languages that translate each other, for telling what belongs together.

No dictionary: a few hundred words that recur in talk about business and technology, with the Chinese
that is usual for them. A pair of texts is judged by many of them, never by one.
"""

from __future__ import annotations

from functools import cache

import ahocorasick

__all__ = ["in_chinese", "in_english"]

# English words (a form with s, ed or ing counts too), then the Chinese.
_TABLE = """
accurate 准确 精确|acquire acquisition 收购|ad advertise advertisement advertising 广告|africa 非洲|agree 同意 赞成|agriculture farm farmer 农
air 空气 空中 空调|amazing incredible 惊人 不可思议 了不起|america american us 美国|analyst 分析师|animal 动物|answer 回答 答案|april 4月 四月
art artist 艺术|ask question 问|asset 资产|august 8月 八月|bank 银行|bankrupt bankruptcy 破产|battery 电池|beautiful 美丽 漂亮 美妙|beginning begin start 开始 起初
believe 相信|best 最好 最佳|biggest largest 最大|big large huge massive 大|bill billion 亿|body 身体|bond 债券|book 书|boring bored 无聊|boss 老板|brain 大脑 脑
brand 品牌|bubble 泡沫|build building built construct construction 建|business 业务 商业 生意 企业|buy bought purchase 买|cable 电缆|call called 叫 称 打电话
capacity 容量 产能 能力|capital 资本|capitalism 资本主义|car automotive automobile 汽车 车|cash 现金|cat 猫|central 中央|chance opportunity 机会|change changed 变 改变
chart 图表|cheap 便宜|child children kid 孩子 儿童|china chinese 中国|chip semiconductor 芯片 半导体|city 城市|clear clearly 清楚 明确 显然|close closed 关闭 接近
cloud 云|coal 煤|coffee 咖啡|cold 冷|college university 大学|come 来|company companies firm 公司|competition compete competitor 竞争|complicated complex 复杂
computer compute 电脑 计算|consumer 消费者|content 内容|contract 合同|control 控制|cool cooling 冷却 酷|cost 成本 花费|country countries 国家 全国|court 法院 法庭
crazy 疯狂|credit 信贷 信用|crisis 危机|crypto bitcoin 加密 比特币|customer client 客户 顾客|cycle 周期|data 数据|day 天 日|dead death die died kill 死 杀
deal 交易|debt 债|december 12月 十二月|decide decision 决定|definitely absolutely certainly 肯定 绝对 当然|demand 需求|depreciate depreciation 贬值 折旧|design 设计
desert 沙漠|different difference 不同 区别|dirt mud 泥|doctor 医生|dog 狗|dollar 美元|door 门|doubt 怀疑|drive driver 驾驶 司机 驱动|drone 无人机
drug medicine 药|early 早|earth planet 地球|easy easier simple 容易 简单|economy economic economist 经济|education school 教育 学校|electricity power electric 电
employee worker staff 员工 工人|energy 能源 能量|engineer 工程师|english 英语|enough 足够 够|entire whole 整个|environment 环境|equipment machine machinery 设备 机器
equity 股权|especially 尤其 特别|europe european 欧洲|everybody everyone 每个人 所有人 大家|everything 一切|evidence proof 证据|exactly 完全正确 正是 确切
example instance 例如 比如 例子|excited exciting 兴奋 激动|expensive 昂贵 贵|experience 经验 体验|experiment 实验|explain 解释|exposure 接触 敞口|factory factories 工厂
fail failure 失败|fall fell drop dropped decline 下降 下跌|family 家庭 家人|famous 著名 有名|fast quick quickly rapidly 快 迅速|father dad 父亲 爸爸|fear afraid 害怕 担心
february 2月 二月|feel feeling 觉得 感觉|fight fighting war 战|film movie 电影|finance financing financial fund 融资 金融 资金 资助|find found 发现 找|fire 火|first 第一 首先
fish 鱼|follow 关注 跟随 遵循|food eat 食物 吃|forget forgot 忘|free 免费 自由|friend 朋友|fun funny 有趣 好笑 好玩|future 未来 将来|game 游戏 比赛|gas 天然气 气
glass 玻璃|god 神 上帝|gold 黄金 金|good great nice 好 不错 太棒|government 政府|grid 电网|ground field 实地 地面|grow growth 增长 成长|guess 猜|guest 嘉宾
hand 手|happen happened 发生|happy glad 高兴 开心 快乐|hard difficult 难|hardware 硬件|hate 讨厌 恨|head 头|health healthy 健康|hear heard 听|heat hot 热
hello hi 你好 大家好 嗨|help 帮|hedge 对冲|high higher 高|history historical 历史|home house 家 房|hope 希望|hospital 医院|hour 小时|human 人类 人形|hundred 百
idea 想法 主意|image picture photo 图 照片|imagine 想象|important importance 重要|industry industrial 工业 行业 产业|inflation 通胀 通货膨胀|infrastructure 基础设施
inside 里面 内部|insurance 保险|interest interesting interested 有趣 有意思 兴趣 利|internet web 互联网 网|invest investment investor 投资|island 岛|january 1月 一月
japan japanese 日本|job 工作|join joining 加入|july 7月 七月|june 6月 六月|key 关键|kind type sort 种 类|king queen 国王 女王|know 知道|label 标签|land 土地 陆
language 语言|last 最后 上次 上一 去年|late 晚|law legal lawyer 法律 律师|lead leader 领导 领先|learn learning study 学|leave 离开 结束|letter 信|leverage lever 杠杆
library 图书馆|life live lived 生活 生命 住|light 光 灯|limit limited 有限 限制|line 线|listen listening 听|loan lend lending 贷款 借|local 当地 本地|long 长
look looking 看|lose lost loss 失 输|lot many 很多 许多|love 爱 喜欢|low lower 低|magazine 杂志|manager manage management 经理 管理|manufacture manufacturer manufacturing 制造
march 3月 三月|market 市场 股市|math mathematics 数学|meet meeting met 见 会议|memory 内存 记忆|metal 金属|mile 英里|military army 军|million 万|mind 思想 头脑 介意
minute 分钟|model 模型 模式|money 钱 资金|month 月|morning 早上 早晨|mother mom 母亲 妈妈|mountain 山|move moving movement 移动 动作 搬|music song 音乐 歌
name 名|national nation 国家|natural 天然 自然|necessarily necessary 一定 必要|need 需要|network 网络|never 从不 从未 从来|new 新|news newspaper 新闻 报纸
newsletter 通讯|night 晚上 夜|november 11月 十一月|nuclear 核|number 数字 号码 数|october 10月 十月|office 办公室|oil 石油 油|old 旧 老|online 在线 线上
open opened 打开 开放|opinion view 观点 看法 意见|outside 外面 外部|own 自己|paper 论文 文件 纸|parent 父母|partner 伙伴 合作|pay paid payment 支付 付|people person 人
percent 百分|phase stage 阶段|phone 手机 电话|physical 实体 物理|physics 物理|place location 地方 地点|plan planned 计划|plant 发电厂 工厂 植物|play player 玩 参与者
podcast episode 播客 节目 集|police 警察|policy 政策|political politics 政治|poor 穷 贫|popular 流行 受欢迎|population 人口|possible possibility 可能|predict prediction forecast 预测
president 总统|pretty 相当 漂亮|price 价格 股价|prison 监狱|private 私人 私有|problem issue 问题|process 过程 流程|produce producer production 生产 制作|product 产品
profit 利润 盈利|program programming 程序 编程|project 项目|public publicly 公共 上市|quarter 季度|question 问题|radio 广播|railroad railway train 铁路 火车|rain 雨
rate 率|read 读|real really 真|reality 现实|reason 原因 理由|recession 衰退|record 记录 纪录|remember 记得 记住|rent 租|report 报告 报道|research 研究|restaurant 餐馆 餐厅
return 回报 返回|revenue income 收入|rich wealthy 富|right 对|risk risky 风险|river 河|robot robotics robotic 机器人 机器狗|room 房间|rule 规则|run running 跑 运行 经营
russia russian 俄罗斯|safe safety security 安全 安保|sale sell sold sales 卖 销售 售|save 节省 拯救|scale 规模|scarce scarcity 稀缺|science scientist scientific 科学|sea ocean 海
season 季|second 第二 秒|secret 秘密|share stock 股票 股|ship boat 船|short 短 做空|shortage 短缺|show 展示 显示 节目|sign signal 迹象 信号|size 大小|sleep 睡
small smaller little 小|smart intelligent intelligence 聪明 智能|software 软件|solar 太阳能|solve 解决|space 空间 太空|spend spending spent 花 支出|star 星|state 州 状态
steel 钢|storage store 存储 商店|story 故事|street 街|strong 强|structure structured 结构|student 学生|success successful 成功|summer 夏|sun 太阳|supply 供应
surprise surprised surprising 惊讶 意外|system 系统|table 桌 表|talk talking discuss speak conversation 谈 讨论 聊 对话|tariff tax 关税 税|teach teacher 教|team 团队 队|tech technology 科技 技术
tell 告诉|ten 十|test 测试|text 文本 短信|thank thanks 谢 感谢|think thought 想 认为 觉得|thousand 千|ticket 票|time 时间 时候 次|today 今天|together 一起|tomorrow 明天
top 顶|tour visit trip 参观 考察 旅|town 镇|trade trading trader 贸易 交易|train training 训练 培训 火车|transport transportation 运输 交通|tree 树|true truth 真 事实|trust 信任
try trying 试|turbine 涡轮|turn 转|understand 理解 明白 懂|unlimited infinite 无限|use used using useful 用|value valuation 价值 估值|vaccine 疫苗|video 视频
wait 等|walk 走|wall 墙|want 想 希望|water 水|wear 穿 戴|weather 天气|website site 网站|week 周 星期|weight heavy 重|welcome 欢迎|west western 西|white 白
why 为什么|win won 赢 胜|wind 风|window 窗|winter 冬|woman women 女|wood 木|word 词 字|work working 工作|world global 世界 全球|worry worried concern 担心 担忧
worse worst bad 坏 糟|write wrote writer author 写 作者|wrong 错|year 年|yes yeah yep 是的 对|yesterday 昨天|young 年轻|who 谁|where 哪里 哪儿|how 怎么 如何 多么|what 什么
when 当 什么时候|no not 不 没|maybe perhaps probably 也许 可能 或许|but however 但|because 因为|so therefore 所以|if 如果|all 所有 全部|more 更|other another 其他 另 别的
""".strip()


@cache
def _english() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(_rows()):
        for word in row:
            if word.isascii() and word.isalpha():
                for form in (
                    word,
                    word + "s",
                    word + "ed",
                    word + "ing",
                    word.removesuffix("e") + "ing",
                ):
                    if number not in found.get(form, ()):
                        found[form] = (*found.get(form, ()), number)
    return found


@cache
def _chinese() -> ahocorasick.Automaton:
    found: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(_rows()):
        for word in row:
            if not word.isascii():
                found[word] = (*found.get(word, ()), number)
    automaton = ahocorasick.Automaton()
    for word, numbers in found.items():
        automaton.add_word(word, numbers)
    automaton.make_automaton()
    return automaton


def _rows() -> list[list[str]]:
    return [row.split() for row in _TABLE.replace("\n", "|").split("|")]


def in_english(keys: set[str]) -> set[int]:
    """The entries that some English words, in small letters, belong to."""
    table = _english()
    return {number for key in keys for number in table.get(key, ())}


def in_chinese(text: str) -> set[int]:
    """The entries whose Chinese stands in a text."""
    return {number for _last, numbers in _chinese().iter(text) for number in numbers}
