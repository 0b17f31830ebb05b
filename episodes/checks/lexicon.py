"""Common words of both languages that translate each other, for telling what belongs together.

No dictionary: a thousand words that recur in talk, with the Chinese that is usual for them; both in
simplified and in traditional characters. A pair of texts is judged by many of them, never by one.
"""

from __future__ import annotations

from functools import cache

import ahocorasick
from opencc import OpenCC

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
ability able can 能 会|above over 上 超过|accident 事故 意外|account 账 賬|across 对面 跨|act action 行动 动作|add added 加|address 地址|admit confess 承认|adult 成年 大人|advice advise 建议 忠告|age aged old 岁 年龄|agreement 协议 契约 合同
airline 航空|airport 机场|allow 允许 让|alone 独自 单独 一个人|along 沿|already 已经|always 总 一直 永远 老是|ancient 古|angry furious 生气 愤怒 发火|apple 苹果|architect architecture 建筑|archive 档案|arm 手臂 胳膊 上臂|arrive arrived 到达 到|article piece essay 文章
audience listener 观众 听众|author 作者|average 平均|away 走 离|baby infant 婴儿 宝宝|back 回 背|bag 包 袋|balance 平衡 余额|ball 球|bar 酒吧|bear 熊|beat 打败 击败 跳|bed 床|bird 鸟|birth born 出生 生|black 黑|blame 责怪 怪|blind 失明 盲|blood 血|blue 蓝|board 板 董事|boat 船|bone 骨
border 边境 边界|borrow 借|bottle 瓶|bottom 底 下面|bowl 碗|box 盒 箱|boy 男孩|branch 分支 树枝|bread 面包|break broke broken 坏 破 断|breakfast 早餐 早饭|breath breathe 呼吸|bridge 桥|brief 简短|bring brought 带|brother 兄弟 哥 弟|brown 棕|budget 预算|burn burning 烧|bus 公交 巴士|busy 忙
camera 相机 摄像|camp 营|cancer 癌|captain 机长 船长 队长|care 关心 在乎 照顾|career 职业 生涯|carry 带 搬 携|case 案 情况 病例|castle 城堡|catch caught 抓|cause 导致 原因 造成|century 世纪|chair 椅|check 检查|chemical chemistry 化学|chicken 鸡|chief 首席|choose choice chose 选|church 教堂 教会|cinema 影院
class 课 班 阶级|clean 干净 清洁|climate 气候|clock watch 钟 表|clothes 衣服|coast 海岸|code 代码|colleague coworker 同事|collect 收集 收藏|colour color 颜色|common 共同 常见|communicate 沟通 交流|compare 比较 比|complain 抱怨|concert 音乐会|confirm 确认|confuse confused 困惑|connect 连接|consider 考虑|contain 包含 装|continue 继续 持续
cook 做饭 煮 厨|copper 铜|copy 复制 抄|corner 角|correct 正确 纠正|cotton 棉|count 数 计算|couple 一对 两|courage brave 勇|cover 覆盖 盖|cow 牛|crash 坠毁 崩溃 撞|create creative 创造 创建|crime criminal 犯罪|cross 穿过 十字|crowd 人群|cry 哭|culture 文化|cup 杯|cut 切 剪 割 减|damage 损坏 损失 损害|dance 跳舞 舞|danger dangerous 危险
dark 黑暗 黑|daughter 女儿|deep 深|degree 度 学位|deliver delivery 交付 送|deny 否认|depend 取决 看 依赖|describe 描述|desk 桌|destroy 摧毁 毁|detail 细节|develop development 发展 开发|device 设备 装置|diet 饮食|dinner lunch 饭 餐|direct direction 方向 直接|dirty 脏|disappear 消失|discover discovery 发现|disease illness sick 病|distance 距离
divide 分|dollar 元|double 翻 双 倍|draw drew drawing 画|dream dreamt 梦|dress 裙 穿|drink drank 喝 饮|dry 干|dust 灰尘|duty 责任 职责|ear 耳|earn 赚 挣|east eastern 东|edge 边缘 边|edit editor 编辑|effect 效果 影响 效应|effort 努力|egg 蛋|elect election 选举|empty 空|end ended 结束 末 完|enemy 敌|engine 发动机 引擎|enter 进入 进|error mistake 错误 错|escape 逃
event 事件 活动|evening 晚上 傍晚|every each 每|evil 邪恶|exam 考试|except 除了|exist 存在|expect 期望 预期 以为|extreme extremely 极|eye 眼|face 脸 面对|fact 事实 其实|fair 公平|faith 信仰|false fake 假|far 远|fashion 时尚|fat 胖 脂肪|favourite favorite 最喜欢|feed 喂|fee 费|female 女|few 少 几|field 田 领域|fill 填 装|final finally 最终 终于 最后|fine 好 罚款
finger 手指|finish 完成|firm 坚定|fit 适合|fix repair 修|flag 旗|flat 平|flight fly flew flying 飞 航班|floor 地板 楼|flower 花|focus 专注 焦点|foot feet 脚 英尺|force 力 强迫|foreign 外国|forest wood 森林|fork 叉|form 形式 形成|freedom 自由|fresh 新鲜|fruit 水果 果|fuel 燃料 油|full 满|gain 获得|garden gardener 花园 园|gate 门|gather 聚 收集|gentleman 先生
gift 礼物|girl 女孩|give gave given 给|glad 高兴|go went gone 去 走|goal 目标|goods cargo freight 货|goodbye bye 再见|grandmother grandma 祖母 奶奶 外婆|grandfather 祖父 爷爷|grass lawn 草|grave 坟|green 绿|grey gray 灰|group 组 群|guard 守 警卫|guide 指南 导|gun 枪|habit 习惯|hair 头发|half 半|hall 厅|handle 处理|heart 心|heaven 天堂|height tall 高|hero 英雄
hide hidden 藏|hill 山|hire 雇|hit 打 撞|hold held 握 拿 持有|hole 洞|holiday vacation 假|holy 圣|honest honestly frankly 坦白 老实 诚实|honour honor 荣幸|horse 马|hotel 酒店 宾馆|huge 巨|hungry hunger 饿|hurt pain painful 疼 痛|husband 丈夫|ice icy 冰|ill 病|improve 改善 改进|increase rise rose climb 增加 上升 涨|insect bug 虫|instead 而不是 代替|invent invention 发明|invite 邀请
iron 铁|item 项|joke 笑话|journal 期刊|journey 旅程 旅行|joy 快乐|judge 法官 判断|jump 跳|justice 正义 司法|keep kept 保持 留|kick 踢|kill 杀|kiss 吻|kitchen 厨房|knee 膝|knife 刀|knock 敲 打翻|lab laboratory 实验室|lack 缺|lady 女士|lake 湖|lane 车道|large 大|laugh laughter 笑|lazy 懒|leaf leaves 叶|leg 腿|less 少|lesson 课 教训|level 水平 级|lie lied 谎 躺|lift 电梯 抬
list 列表 名单|listen 听|literature 文学|lock 锁|lonely 孤独|loud 大声|luck lucky 幸运 运气|lung 肺|main 主要|male 男|map 地图|mark 标记|marriage marry married 结婚 婚|mask 面具 口罩|mass 大规模 质量|master 大师 主人|match 比赛 匹配|material 材料|matter 重要 事|meal 餐 饭|mean meaning 意思 意味|measure 量 测|meat 肉|medical 医|member 成员|mention 提到|merchant 商人|message 消息 信息
method 方法 办法|middle 中间|milk 牛奶 奶|minister 部长|mirror 镜|miss 想念 错过|mix mixed 混合|mobile 手机 移动|modern 现代|moment 时刻 瞬间|monitor 监测|monkey 猴|mood 情绪|moon 月亮 月球|mouse 鼠|mouth 嘴 口|mud 泥|murder 谋杀|muscle 肌肉|museum 博物馆|narrow 窄|nature 自然 大自然|near 近|neck 脖|neighbour neighbor 邻居|nerve nervous 紧张 神经|nobody none 没有人 没人|noise 噪音|north 北|nose 鼻
note 笔记 注|nothing 什么也 什么都 没有|notice 注意|novel 小说|nurse nursery 护士 苗圃|object 物体 对象|observe 观察|obvious obviously 明显|occur 发生|offer 提供|often 经常 常常|olive 橄榄|once 一次 曾经|operation operate surgery 手术 操作 运营|order 订 命令 顺序|ordinary normal 普通 正常|organ organization organisation 组织 器官|page 页|paint painting 画 油漆|pair 一双 对|palace 宫|park 公园 停车|part 部分
pass 通过|passenger 乘客|past 过去|path 路|patient 病人 患者 耐心|pattern 模式|peace 和平|pension 养老|perfect 完美|perform performance 表演 表现|perhaps 也许|period 时期|permit 许可|pharma 制药 药厂|philosophy 哲学|piano 钢琴|pig 猪|pill tablet 药片|pilot 飞行员|pipe 管|plague 瘟疫 黑死病|plane aircraft airplane 飞机|plastic 塑料|plate 盘|pleasure 荣幸|pocket 口袋|poem poet 诗|point 点|poison 毒
pool 池|pope 教皇|port harbour harbor 港|position 位置|post 邮|pot 花盆 锅|potato 土豆|pour 倒|practice practise 练习 实践|pray 祈祷|prefer 更喜欢 希望 宁愿|prepare 准备|present 现在 礼物|press 按 踩 压 媒体|pressure 压力 血压|prevent prevention 防止 预防|prince 王子|print 印|prize award 奖|professor 教授|promise 承诺 答应|proper properly 适当|protect protection 保护|proud 骄傲|prove 证明|pub 酒吧
pull pulling 拉|punish 惩罚|push 推|put 放|quality 质量|quarrel argue argument 吵 争论|quiet quietly silent silence 安静 沉默|race 比赛 种族|raise raised 筹 融 提高 加|range 范围|rare 罕见|raw 生|reach 达到 到|react reaction 反应|ready 准备好|recent recently 最近|recognise recognize 认出|recommend 推荐|recover 恢复|red 红|reduce 减少 降|refuse 拒绝|region 地区|regret 后悔|relation relationship 关系|relax 放松|religion 宗教
repeat 重复|replace 替|resist resistant 抵抗 抗|rest 休息 其余 剩下|result 结果|retire 退休|review 审查 综述 评论|revolution 革命|rice 米 稻|ride 骑 乘|ring 戒指 环 响|road 路|rock stone 石|roof 屋顶|root 根|round 圆|row 排|royal 皇家|rude 粗鲁|ruin 毁|sad 难过 悲伤|sail sailor 帆 航海|salary wage 工资|salt 盐|sand 沙|save 省|say said says 说|scare scared scary 害怕 吓|scene 场景 现场|screen 屏幕
search 搜索|seat 座|see saw seen 看|seed 种子|seem 似乎 好像|sense 感觉 意义 道理|sentence 句|separate 分开|serious seriously 严重 认真 说真的|serve service 服务|several 几 好几|sew 缝|sex 性|shade shadow 影 阴|shake 摇|shape 形状|sharp 锋利|sheep 羊|shelf shelves 书架|shirt 衬衫|shock 震惊|shoe 鞋|shoot shot 射 枪|shop 店|shoulder 肩|shout 喊|shut 关 闭|side 边 侧|silver 银|sing singer 唱 歌|sister 姐 妹|sit sat sitting 坐
situation 情况 处境|skill 技能|skin 皮肤|sky 天空|slave 奴隶|sleep asleep 睡|slip slippery 滑|slow slowly 慢|smell 闻 味|smile 微笑|smoke 烟|snow 雪|social society 社会|soft 软|soil 土|soldier 士兵|solid 固|somebody someone 有人|son 儿子|soul 灵魂|sound 声音 听起来|soup 汤|source 来源|south 南|speed 速度|spell 拼|spirit 精神|split 分|sport 体育|spread 传播|spring 春 弹簧|square 广场 平方
stable 稳定 马厩|stage 舞台|stand stood 站|standard 标准|stay 留 待|steal stole thief 偷|step 步 台阶|stick 棒 棍|stomach 胃|stop 停|storm 风暴|straight 直|strange weird 奇怪|strategy 战略 策略|stress 压力|stretch 伸|strike 罢工 打击|stupid 蠢|style 风格|subject 主题 科目|suffer 受苦 遭受|sugar 糖|suggest 建议|suit 西装|support 支持|suppose 假设|surface 表面|swear 发誓|sweat 汗|sweet 甜|swim 游泳
symptom 症状|target 目标|task 任务|taste 味|tea 茶|tear tore 撕 眼泪|terrible awful 糟糕 可怕 难看|theory 理论|thick 厚|thin 薄 瘦|thing 东西 事|throw threw thrown 扔|tired 累|title 标题|tomato 番茄|tongue 舌|tool 工具|tooth teeth 牙|total 总|touch 触|tourist tourism 游客 旅游|toward 向|tower 塔|track 轨 跟踪|tradition traditional 传统|translate translation 翻译|travel 旅行|treat treatment 治疗 对待|trial 试验 审判
trouble 麻烦|truck lorry 卡车|twice 两次 两遍|typical 典型|ugly 丑|uncle 叔|underneath under beneath 底下 下面|unit 单位|university 大学|useless 没用|usual usually 通常 一般|vegetable 蔬菜 菜|victim 受害|village 村|violent violence 暴力|virus viral 病毒|visit 参观 来访|voice 声音 嗓|volcano 火山|vote 投票|wake woke awake 醒|warm 温暖 暖|warn warning 警告|wash 洗|waste 浪费 废|wave 波 浪|weak 弱|weapon 武器|wedding 婚礼|wet 湿
whole 整 全|wide 宽|wife 妻子 太太|wild 野|wine 酒 葡萄酒|wing 翅膀 翼|wire 线 电线|wise wisdom 智慧|wish 愿 希望|wonder 好奇 想知道|wonderful 精彩 美妙|yard 院 码|yellow 黄|yet still 还 仍|zero 零|zoo 动物园|inside within 内|during 期间|between 之间|before 之前 以前 前|after 之后 以后 后|again 再 又|almost nearly 几乎 差不多 将近|only just 只|both 都 两|same 一样 同|too 太|very 很 非常|million 萬|billion 億
three third 三|four fourth 四|five fifth 五|six sixth 六|seven seventh 七|eight eighth 八|nine ninth 九|eleven 十一|twelve dozen 十二|fifteen 十五|twenty 二十|thirty 三十|forty 四十|fifty 五十|sixty 六十|seventy 七十|eighty 八十|ninety 九十|i me my mine myself 我|you your yours yourself 你 您|he him his 他|she her hers 她|we us our ours 我们 咱|they them their 他们|this these here 这|that those there 那|ago since 以前 之前|away off 掉|wow ouch oh god 哇 天哪 哎|sorry 抱歉 对不起|please 请|anyway 总之 不管|sure course 当然|else besides 别的 还有|even 甚至 连|than 比|ever 曾 过|soon 马上 很快|whether 是否 是不是|should must 应该 必须 得|let 让|like 像 喜欢|way 方式 办法 路|bit 有点 一点|most 大多数 最 大部分|per 每
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
    simplified = list(found)
    traditional = OpenCC("s2t").convert("\n".join(simplified)).split("\n")
    for word, other in zip(simplified, traditional, strict=True):
        found.setdefault(other, found[word])
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
