import { addDays, LONG_TERM, type CivilDate } from '../lib/civil-date.ts';
import type { CounterpartKind } from '../modules/template/index.ts';
import { counterpartOf, type Counterpart } from './counterpart.ts';
import type { SectorProfile } from './profiles.ts';
import { Weighted, type Random } from './random.ts';
import type { FirmSource } from './subjects.ts';

/** Who decides and reports: the agency of the sector. */
export interface Agency {
  readonly name: string;
  readonly uscc: string;
}

export interface LicenceDecision {
  readonly kind: 'LICENSE';
  readonly category: string;
  readonly certificate: string;
  readonly certificateNumber: string;
  readonly validTo: CivilDate;
}

export interface PenaltyDecision {
  readonly kind: 'PENALTY';
  readonly act: string;
  readonly facts: string;
  readonly basis: string;
  readonly penaltyKinds: readonly string[];
  /** Whole yuan. */
  readonly fineYuan?: number;
  readonly confiscatedYuan?: number;
  readonly withdrawnCertificate?: string;
  readonly publicUntil: CivilDate;
}

/** One invented decision, valid by every rule of its template. */
export interface Decision {
  readonly counterpart: Counterpart;
  readonly documentNumber: string;
  readonly decidedOn: CivilDate;
  readonly agency: Agency;
  readonly content: LicenceDecision | PenaltyDecision;
}

const YEAR = 365;
const MOST_FINE = 2_000_000;
const LEAST_FINE = 50;
const MINOR_FINE = 5000;

const PENALTY_KINDS = new Weighted<readonly string[]>([
  [['罚款'], 64],
  [['罚款', '没收违法所得'], 14],
  [['警告'], 8],
  [['警告', '罚款'], 8],
  [['没收违法所得', '没收非法财物', '罚款'], 2],
  [['责令停产停业', '罚款'], 2],
  [['暂扣许可证件'], 1],
  [['吊销许可证件'], 1],
]);

/** Log-normal yuan, to two leading digits. */
export function amount(random: Random, middle: number): number {
  const yuan = Math.floor(middle * Math.exp(1.25 * random.normal()));
  const bounded = Math.min(MOST_FINE, Math.max(LEAST_FINE, yuan));
  const unit = 10 ** Math.max(0, String(bounded).length - 2);
  return Math.floor(bounded / unit) * unit;
}

function licenceOf(
  random: Random,
  profile: SectorProfile,
  decidedOn: CivilDate,
  serial: number,
): LicenceDecision {
  const { category, certificate, years } = random.pick(profile.licences);
  return {
    kind: 'LICENSE',
    category,
    certificate,
    certificateNumber: `XK-${decidedOn.slice(0, 4)}-${String(serial).padStart(6, '0')}`,
    validTo: years === 0 ? LONG_TERM : addDays(decidedOn, years * YEAR),
  };
}

function penaltyOf(random: Random, profile: SectorProfile, decidedOn: CivilDate): PenaltyDecision {
  const penaltyKinds = PENALTY_KINDS.draw(random);
  const has = (text: string): boolean => penaltyKinds.some((kind) => kind.startsWith(text));
  const fineYuan = has('罚款') ? amount(random, 6000) : undefined;
  const withdrawn = has('暂扣') || has('吊销') ? random.pick(profile.licences).certificate : undefined;
  const minor = withdrawn === undefined && !has('责令') && (fineYuan ?? 0) < MINOR_FINE;
  return {
    kind: 'PENALTY',
    ...random.pick(profile.offences),
    penaltyKinds,
    ...(fineYuan !== undefined && { fineYuan }),
    ...(has('没收') && { confiscatedYuan: amount(random, 900) }),
    ...(withdrawn !== undefined && { withdrawnCertificate: withdrawn }),
    publicUntil: addDays(decidedOn, minor ? YEAR : 3 * YEAR),
  };
}

/**
 * The decision with a serial number of a feed. The document number holds city, sector, kind, year and serial, so no two
 * decisions share one.
 */
export function decide(
  random: Random,
  from: {
    readonly kind: Decision['content']['kind'];
    readonly profile: SectorProfile;
    readonly agency: Agency;
    readonly cityName: string;
    readonly firms: FirmSource;
    /** Whom the catalogue entry of the feed allows. */
    readonly subjects: readonly CounterpartKind[];
    readonly decidedOn: CivilDate;
    readonly serial: number;
  },
): Decision {
  const { kind, profile, agency, decidedOn, serial } = from;
  const city = from.cityName.replace(/市$/, '');
  const verb = kind === 'LICENSE' ? '许' : '罚';
  return {
    counterpart: counterpartOf(random, from.firms, decidedOn, from.subjects),
    documentNumber: `${city}${profile.mark}${verb}〔${decidedOn.slice(0, 4)}〕${String(serial).padStart(6, '0')}号`,
    decidedOn,
    agency,
    content:
      kind === 'LICENSE'
        ? licenceOf(random, profile, decidedOn, serial)
        : penaltyOf(random, profile, decidedOn),
  };
}
