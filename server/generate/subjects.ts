import { addDays, civilDate, type CivilDate } from '../lib/civil-date.ts';
import type { Borrowed } from './borrow.ts';
import { CODE_BODIES, DISTRICTS, personName, usccOf, type District, type FirmKind } from './identity.ts';
import { Random, shuffle, Weighted } from './random.ts';

/** What a decision says of a firm. */
export interface FirmIdentity {
  readonly kind: FirmKind;
  readonly uscc: string;
  readonly name: string;
  readonly representative: string;
}

/** One invented firm as the register has it. */
export interface Firm extends FirmIdentity {
  readonly type: string;
  readonly foundedOn: CivilDate;
  /** As the register writes it: 300(万元人民币), N/A. */
  readonly capital: string;
  readonly scope: string;
  readonly region: string;
  readonly address: string;
}

const CORE = [
  ...'安百宝本昌畅辰晨成诚春聪达德登鼎东栋敦恩帆方飞丰福富刚高格功冠光广贵国海瀚航浩合和恒弘宏鸿华欢辉汇惠吉佳嘉坚建江杰捷金锦京晶景敬靖久聚君凯康科可坤兰乐磊力立利联良林霖玲灵龙隆鲁路伦茂美民名明铭木南能年宁诺鹏品平普祺启千强勤青清庆秋全泉荣融瑞睿润三森山善尚升生圣盛胜时世仕双顺思斯泰腾天添田通同万旺威维伟文沃五夕西曦熙祥翔新信兴星雄旭轩雅延雁阳耀业怡亿义益毅银英盈永优友佑余宇玉誉元源远悦云运泽展章昭振正政知志致智中忠众洲筑卓宗尊',
];

/** Every firm has a core name of three characters of its own, so there are no more. */
export const MOST_FIRMS = CORE.length ** 3;

interface Trade {
  readonly word: string;
  readonly scope: string;
}

const trade = (word: string, scope: string): Trade => ({ word, scope });

const COMPANY_TRADES = new Weighted<Trade>([
  [trade('商贸', '日用百货、五金交电、办公用品销售'), 22],
  [trade('建筑工程', '房屋建筑工程、市政公用工程施工'), 12],
  [trade('食品', '预包装食品、散装食品销售'), 9],
  [trade('科技', '软件开发；信息系统集成服务'), 9],
  [trade('运输', '道路普通货物运输'), 8],
  [trade('农业发展', '农作物种植、销售；农业技术服务'), 8],
  [trade('装饰装修', '室内外装饰装修工程设计、施工'), 6],
  [trade('物业管理', '物业管理；保洁服务'), 5],
  [trade('矿业', '矿产品加工、销售（不含危险化学品）'), 4],
  [trade('医疗器械', '第一类、第二类医疗器械销售'), 4],
  [trade('房地产开发', '房地产开发、经营'), 4],
  [trade('文化传媒', '广告设计、制作、发布；会议服务'), 4],
  [trade('餐饮管理', '餐饮服务；餐饮管理'), 3],
  [trade('环保科技', '环保设备销售；环境治理服务'), 2],
]);
const SHOP_TRADES = new Weighted<Trade>([
  [trade('百货店', '日用百货零售'), 24],
  [trade('餐馆', '餐饮服务'), 22],
  [trade('便利店', '预包装食品、卷烟零售'), 16],
  [trade('理发店', '理发服务'), 10],
  [trade('五金店', '五金交电零售'), 9],
  [trade('汽车修理部', '机动车维修'), 8],
  [trade('药店', '药品零售'), 6],
  [trade('农资店', '化肥、农膜、种子零售'), 5],
]);
const FARM_TRADES = new Weighted<Trade>([
  [trade('种植', '组织成员开展农作物种植、销售'), 5],
  [trade('养殖', '组织成员开展牛、羊养殖、销售'), 4],
  [trade('农机', '组织成员开展农机作业服务'), 1],
]);
const FORMS = new Weighted<readonly [string, string]>([
  [['有限公司', '有限责任公司'], 78],
  [['有限责任公司', '有限责任公司'], 17],
  [['股份有限公司', '股份有限公司'], 2],
  [['厂', '个人独资企业'], 3],
]);
const STREETS = ['建设路', '人民路', '工业大道', '新华街', '长宁路', '纬二路', '文化巷', '滨河路'];
const PAIR: Readonly<Record<FirmKind, string>> = { COMPANY: '91', INDIVIDUAL: '92', COOPERATIVE: '93' };
const FIRST_DAY = civilDate('1998-01-01');

/** Log-normal, in 万元, to one leading digit as people choose it. */
function capitalOf(random: Random): string {
  if (random.chance(0.12)) return 'N/A';
  const wan = Math.max(3, Math.floor(Math.exp(4.6 + 1.4 * random.normal())));
  const unit = 10 ** (String(wan).length - 1);
  const rounded = Math.ceil(wan / unit) * unit;
  return `${String(rounded).replace(/\B(?=(\d{3})+$)/g, ',')}(万元人民币)`;
}

/**
 * Any number of invented firms, each made from its ordinal alone: nothing is kept, and two firms never share a name or
 * a code. Names begin with the city or one of its invented districts, codes with a region that is not assigned.
 */
export class FirmSource {
  readonly count: number;
  readonly #cityName: string;
  readonly #borrowed: Borrowed | undefined;
  readonly #randomOf: (i: number) => Random;
  readonly #core: (i: number) => number;
  readonly #body: (i: number) => number;
  readonly #days: number;

  /** @param foundedBefore every firm is older than that */
  constructor(options: {
    readonly seed: string;
    readonly count: number;
    readonly cityName: string;
    readonly foundedBefore: CivilDate;
    readonly borrowed?: Borrowed | undefined;
  }) {
    if (options.count < 1 || options.count > MOST_FIRMS)
      throw new RangeError(`between 1 and ${MOST_FIRMS} firms`);
    this.count = options.count;
    this.#randomOf = Random.numbered(options.seed, 'firm');
    this.#cityName = options.cityName;
    this.#borrowed = options.borrowed;
    this.#core = shuffle(Random.of(options.seed, 'core'), MOST_FIRMS);
    this.#body = shuffle(Random.of(options.seed, 'body'), CODE_BODIES);
    this.#days = Math.floor((Date.parse(options.foundedBefore) - Date.parse(FIRST_DAY)) / 86_400_000);
  }

  /** 26 % individual businesses, 8 % cooperatives. */
  kindAt(i: number): FirmKind {
    const part = i % 50;
    return part < 13 ? 'INDIVIDUAL' : part < 17 ? 'COOPERATIVE' : 'COMPANY';
  }

  identityAt(i: number): FirmIdentity {
    return this.#draw(i, this.#randomOf(i)).identity;
  }

  at(i: number): Firm {
    const random = this.#randomOf(i);
    const { identity, district, shape } = this.#draw(i, random);
    const { kind } = identity;
    return {
      ...identity,
      type: this.#borrowed?.types[kind]?.draw(random) ?? shape.type,
      foundedOn: this.#borrowed?.days?.draw(random) ?? addDays(FIRST_DAY, random.below(this.#days)),
      capital: kind === 'INDIVIDUAL' && random.chance(0.6) ? 'N/A' : capitalOf(random),
      scope: shape.scope,
      region: this.#borrowed?.regions?.draw(random) ?? this.#cityName.replace(/市$/, ''),
      address: `${this.#cityName}${district.name}${random.pick(STREETS)}${String(1 + random.below(300))}号`,
    };
  }

  /** What is drawn first, in an order that must stay, so that both readings of a firm agree. */
  #draw(i: number, random: Random) {
    const kind = this.kindAt(i);
    const district = random.pick(DISTRICTS);
    const shape = this.#shape(kind, random);
    const prefix = this.#prefix(kind, district, random);
    const identity: FirmIdentity = {
      kind,
      uscc: usccOf(PAIR[kind], district.code, this.#body(i)),
      name: `${prefix}${this.#coreOf(i)}${shape.word}${shape.form}`,
      representative: personName(random),
    };
    return { identity, district, shape };
  }

  #coreOf(i: number): string {
    let rest = this.#core(i);
    let core = '';
    for (let n = 0; n < 3; n += 1) {
      core += CORE[rest % CORE.length] as string;
      rest = Math.floor(rest / CORE.length);
    }
    return core;
  }

  #prefix(kind: FirmKind, district: District, random: Random): string {
    if (kind !== 'COMPANY') return district.name;
    return random.chance(0.6) ? this.#cityName : this.#cityName + district.name;
  }

  #shape(kind: FirmKind, random: Random): Trade & { form: string; type: string } {
    switch (kind) {
      case 'INDIVIDUAL':
        return { ...SHOP_TRADES.draw(random), form: '', type: '个体工商户' };
      case 'COOPERATIVE':
        return { ...FARM_TRADES.draw(random), form: '农民专业合作社', type: '农民专业合作社' };
      case 'COMPANY': {
        const [form, type] = FORMS.draw(random);
        return { ...COMPANY_TRADES.draw(random), form, type };
      }
    }
  }
}
