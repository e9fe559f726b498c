/** What the agencies of a sector decide: invented, typical, and free of anything personal. */
export interface SectorProfile {
  /** Share of all records. */
  readonly weight: number;
  /** Share of penalties among them, of 100. */
  readonly penalties: number;
  /** In document numbers; distinct per sector, since one agency stands for several. */
  readonly mark: string;
  readonly licences: readonly Licence[];
  readonly offences: readonly Offence[];
}

interface Licence {
  /** 许可类别: 普通、特许、认可、核准、登记. */
  readonly category: string;
  readonly certificate: string;
  /** Years of validity; 0 is 长期. */
  readonly years: number;
}

interface Offence {
  readonly act: string;
  readonly facts: string;
  readonly basis: string;
}

function licences(text: string): Licence[] {
  return text.split('|').map((part) => {
    const [category, certificate, years] = part.split(',') as [string, string, string];
    return { category, certificate, years: Number(years) };
  });
}

function offences(...parts: readonly (readonly [string, string, string])[]): Offence[] {
  return parts.map(([act, facts, basis]) => ({ act, facts, basis }));
}

export const PROFILES: Readonly<Record<string, SectorProfile>> = {
  tax: {
    weight: 9,
    penalties: 9,
    mark: '税',
    licences: licences('普通,增值税专用发票最高开票限额,0|核准,延期缴纳税款核准,1'),
    offences: offences(
      [
        '未按期申报纳税',
        '未按照规定的期限办理纳税申报和报送纳税资料',
        '《中华人民共和国税收征收管理法》第六十二条',
      ],
      ['违反发票管理规定', '未按照规定保管发票', '《中华人民共和国发票管理办法》第三十三条'],
    ),
  },
  medical: {
    weight: 6,
    penalties: 8,
    mark: '卫',
    licences: licences('普通,公共场所卫生许可证,4|登记,医疗机构执业许可证,5'),
    offences: offences(
      [
        '未按规定进行卫生检测',
        '公共场所未按照规定对空气、水质进行卫生检测',
        '《公共场所卫生管理条例实施细则》第三十六条',
      ],
      ['使用非卫生技术人员', '使用未取得资格的人员从事医疗卫生技术工作', '《医疗机构管理条例》第四十七条'],
    ),
  },
  medins: {
    weight: 1.5,
    penalties: 25,
    mark: '医保',
    licences: licences('登记,医疗保障定点资格确认,2|核准,异地就医结算资格核准,1'),
    offences: offences(
      [
        '违规使用医疗保障基金',
        '重复收费、超标准收费造成医疗保障基金损失',
        '《医疗保障基金使用监督管理条例》第三十八条',
      ],
      ['管理制度不健全', '未建立医疗保障基金使用内部管理制度', '《医疗保障基金使用监督管理条例》第三十九条'],
    ),
  },
  drug: {
    weight: 3,
    penalties: 10,
    mark: '药',
    licences: licences('普通,药品经营许可证,5|普通,医疗器械经营许可证,5'),
    offences: offences(
      [
        '未遵守药品经营质量管理规范',
        '药品未按说明书要求的温度储存',
        '《中华人民共和国药品管理法》第一百二十六条',
      ],
      [
        '未建立进货查验记录',
        '经营医疗器械未建立并执行进货查验记录制度',
        '《医疗器械监督管理条例》第八十九条',
      ],
    ),
  },
  food: {
    weight: 13,
    penalties: 9,
    mark: '食',
    licences: licences('普通,食品经营许可证,5|普通,食品生产许可证,5|登记,食品小作坊登记证,3'),
    offences: offences(
      [
        '经营超过保质期的食品',
        '经营场所货架上摆放超过保质期的预包装食品',
        '《中华人民共和国食品安全法》第一百二十四条第一款第五项',
      ],
      [
        '未履行进货查验义务',
        '进货时未查验供货者的许可证和产品合格证明',
        '《中华人民共和国食品安全法》第一百二十六条第一款第三项',
      ],
    ),
  },
  market: {
    weight: 22,
    penalties: 6,
    mark: '监',
    licences: licences('登记,营业执照,0|核准,特种设备使用登记证,0|普通,计量器具检定授权证书,4'),
    offences: offences(
      ['发布违法广告', '广告使用“最佳”等用语', '《中华人民共和国广告法》第五十七条'],
      ['未明码标价', '经营的商品未按照规定明码标价', '《中华人民共和国价格法》第四十二条'],
    ),
  },
  eco: {
    weight: 3.5,
    penalties: 18,
    mark: '环',
    licences: licences('普通,排污许可证,5|核准,环境影响评价文件批复,0'),
    offences: offences(
      ['未批先建', '环境影响评价文件未经批准即开工建设', '《中华人民共和国环境影响评价法》第三十一条'],
      ['扬尘污染', '施工工地未采取有效防尘降尘措施', '《中华人民共和国大气污染防治法》第一百一十五条'],
    ),
  },
  transport: {
    weight: 9,
    penalties: 20,
    mark: '交',
    licences: licences('普通,道路运输经营许可证,4|普通,道路运输证,4|普通,超限运输车辆通行证,1'),
    offences: offences(
      ['超限运输', '车辆超过公路限载标准行驶公路', '《中华人民共和国公路法》第七十六条'],
      ['未按规定维护检测车辆', '未按规定对运输车辆进行维护和检测', '《中华人民共和国道路运输条例》第七十条'],
    ),
  },
  science: {
    weight: 0.4,
    penalties: 3,
    mark: '科',
    licences: licences('普通,实验动物使用许可证,5|认可,技术合同认定登记证明,0'),
    offences: offences([
      '违反实验动物管理规定',
      '未按照许可范围使用实验动物',
      '《实验动物管理条例》第二十八条',
    ]),
  },
  culture: {
    weight: 1.6,
    penalties: 14,
    mark: '文旅',
    licences: licences('普通,娱乐经营许可证,2|普通,网络文化经营许可证,3|普通,旅行社业务经营许可证,0'),
    offences: offences(
      [
        '未核对登记上网消费者身份',
        '未按规定核对、登记上网消费者的有效身份证件',
        '《互联网上网服务营业场所管理条例》第三十一条',
      ],
      ['未公示许可证', '未在营业场所显著位置悬挂许可证件', '《娱乐场所管理条例》第五十一条'],
    ),
  },
  education: {
    weight: 1.2,
    penalties: 6,
    mark: '教',
    licences: licences('普通,民办学校办学许可证,5|认可,教师资格证书,0'),
    offences: offences([
      '超出范围办学',
      '擅自开展学科类校外培训',
      '《中华人民共和国民办教育促进法》第六十二条',
    ]),
  },
  labour: {
    weight: 2.4,
    penalties: 12,
    mark: '人社',
    licences: licences('普通,人力资源服务许可证,3|普通,劳务派遣经营许可证,3'),
    offences: offences(
      ['未编制书面工资支付台账', '用工单位未编制书面工资支付台账', '《保障农民工工资支付条例》第五十四条'],
      ['违法延长工作时间', '安排劳动者延长工作时间超过法定上限', '《劳动保障监察条例》第二十五条'],
    ),
  },
  build: {
    weight: 4.5,
    penalties: 12,
    mark: '建',
    licences: licences('普通,建筑工程施工许可证,0|普通,建筑业企业资质证书,5|普通,安全生产许可证,3'),
    offences: offences(
      ['未取得施工许可擅自施工', '未取得施工许可证即开工建设', '《建设工程质量管理条例》第五十七条'],
      ['安全防护不到位', '施工现场临边洞口未设置防护', '《建设工程安全生产管理条例》第六十四条'],
    ),
  },
  realestate: {
    weight: 1.4,
    penalties: 10,
    mark: '房',
    licences: licences('普通,商品房预售许可证,0|普通,房地产开发企业资质证书,3'),
    offences: offences([
      '违规预售商品房',
      '不按照规定使用商品房预售款项',
      '《城市商品房预售管理办法》第十四条',
    ]),
  },
  property: {
    weight: 0.9,
    penalties: 15,
    mark: '物',
    licences: licences('登记,前期物业服务合同备案证明,0|核准,协议选聘物业服务企业批准,0'),
    offences: offences(['擅自改变物业用途', '擅自改变物业管理用房的用途', '《物业管理条例》第六十二条']),
  },
  water: {
    weight: 1.6,
    penalties: 10,
    mark: '水',
    licences: licences('普通,取水许可证,5|核准,生产建设项目水土保持方案批复,0'),
    offences: offences(
      ['未经批准取水', '未经批准擅自取水', '《取水许可和水资源费征收管理条例》第四十八条'],
      ['水土流失', '未按批准的水土保持方案采取防治措施', '《中华人民共和国水土保持法》第五十五条'],
    ),
  },
  land: {
    weight: 2.2,
    penalties: 12,
    mark: '资',
    licences: licences('普通,建设工程规划许可证,0|特许,采矿许可证,5|核准,建设用地批准书,2'),
    offences: offences([
      '非法占地',
      '未经批准占用土地堆放建筑材料',
      '《中华人民共和国土地管理法》第七十七条',
    ]),
  },
  agri: {
    weight: 3,
    penalties: 12,
    mark: '农',
    licences: licences('普通,农药经营许可证,5|普通,种子生产经营许可证,5|普通,动物防疫条件合格证,0'),
    offences: offences(
      ['未建立农药台账', '未执行农药采购、销售台账制度', '《农药管理条例》第五十八条'],
      ['种子标签不符', '销售的种子标签内容不符合规定', '《中华人民共和国种子法》第七十九条'],
    ),
  },
  grain: {
    weight: 0.5,
    penalties: 9,
    mark: '粮',
    licences: licences('登记,粮食收购企业备案证明,0|核准,军粮供应资格核准,3'),
    offences: offences(['未报送粮食统计数据', '未按规定报送粮食收购数据', '《粮食流通管理条例》第四十四条']),
  },
  safety: {
    weight: 2.4,
    penalties: 25,
    mark: '应急',
    licences: licences('普通,危险化学品经营许可证,3|普通,烟花爆竹经营（零售）许可证,1'),
    offences: offences(
      [
        '未按规定开展安全教育培训',
        '未如实记录安全生产教育和培训情况',
        '《中华人民共和国安全生产法》第九十七条',
      ],
      [
        '未设置安全警示标志',
        '未在有较大危险因素的设施上设置明显的安全警示标志',
        '《中华人民共和国安全生产法》第九十九条',
      ],
    ),
  },
  fire: {
    weight: 3.2,
    penalties: 22,
    mark: '消',
    licences: licences('普通,公众聚集场所投入使用营业前消防安全检查合格证,0'),
    offences: offences(
      ['占用疏散通道', '占用、堵塞安全出口和疏散通道', '《中华人民共和国消防法》第六十条第一款第三项'],
      ['消防设施未保持完好有效', '消火栓无水、灭火器失效', '《中华人民共和国消防法》第六十条第一款第一项'],
    ),
  },
  stat: {
    weight: 0.2,
    penalties: 40,
    mark: '统',
    licences: licences('普通,涉外调查许可证,3'),
    offences: offences([
      '提供不真实的统计资料',
      '报送的统计报表与台账不一致',
      '《中华人民共和国统计法》第四十一条',
    ]),
  },
  energy: {
    weight: 0.8,
    penalties: 7,
    mark: '能',
    licences: licences('普通,承装（修、试）电力设施许可证,6|核准,固定资产投资项目节能审查意见,2'),
    offences: offences([
      '未落实节能审查意见',
      '项目未按节能审查意见建设即投入使用',
      '《中华人民共和国节约能源法》第六十八条',
    ]),
  },
  commerce: {
    weight: 1.3,
    penalties: 8,
    mark: '商',
    licences: licences('普通,成品油零售经营批准证书,5|登记,单用途商业预付卡备案证明,0'),
    offences: offences([
      '预付卡未备案',
      '发卡企业未按规定办理备案',
      '《单用途商业预付卡管理办法（试行）》第三十六条',
    ]),
  },
  civil: {
    weight: 0.9,
    penalties: 7,
    mark: '民',
    licences: licences('登记,社会团体法人登记证书,5|登记,养老机构备案证明,0'),
    offences: offences([
      '未按规定接受年度检查',
      '连续两年未按规定接受年度检查',
      '《社会团体登记管理条例》第三十条',
    ]),
  },
  bidding: {
    weight: 0.6,
    penalties: 35,
    mark: '招',
    licences: licences('核准,不招标事项核准,1|登记,评标专家入库登记,3'),
    offences: offences(
      ['串通投标', '不同投标人的投标文件异常一致', '《中华人民共和国招标投标法》第五十三条'],
      [
        '不按规定订立合同',
        '中标人无正当理由不与招标人订立合同',
        '《中华人民共和国招标投标法实施条例》第七十四条',
      ],
    ),
  },
  ip: {
    weight: 0.7,
    penalties: 20,
    mark: '知',
    licences: licences('登记,专利权质押登记通知书,3|核准,地理标志专用标志使用核准,0'),
    offences: offences([
      '侵犯注册商标专用权',
      '销售侵犯注册商标专用权的商品',
      '《中华人民共和国商标法》第六十条',
    ]),
  },
  customs: {
    weight: 0.6,
    penalties: 12,
    mark: '关',
    licences: licences('登记,报关单位备案证明,0|普通,出口食品生产企业备案证明,5'),
    offences: offences([
      '申报不实',
      '进出口货物品名、税则号列申报不实',
      '《中华人民共和国海关行政处罚实施条例》第十五条',
    ]),
  },
  agency: {
    weight: 1.6,
    penalties: 4,
    mark: '审',
    licences: licences('登记,中介服务机构入驻登记,3|核准,工程建设项目合并审批意见,2'),
    offences: offences(['出具失实报告', '中介机构出具的报告与事实不符', '《优化营商环境条例》第七十一条']),
  },
};
