import { LONG_TERM, type CivilDate } from '../lib/civil-date.ts';
import { templateOf, type CounterpartKind } from '../modules/template/index.ts';
import type { Counterpart } from './counterpart.ts';
import type { Agency, Decision, LicenceDecision, PenaltyDecision } from './decisions.ts';

/** A row as an agency writes it: field of the template → text; empty or absent without a value. */
export type Row = Readonly<Record<string, string>>;

const COUNTERPART: Readonly<Record<CounterpartKind, string>> = {
  LEGAL_PERSON: '法人及非法人组织',
  INDIVIDUAL_BUSINESS: '个体工商户',
  NATURAL_PERSON: '自然人',
};
const VALID = '1';
const WAN = 10_000;

/** Fields of the current template, in the order of its workbook. */
export function fieldsOf(feed: string): readonly string[] {
  return templateOf(feed).columns.map(({ field }) => field);
}

/** The same columns as people see them. */
export function headerOf(feed: string): readonly string[] {
  return templateOf(feed).columns.map(({ name }) => name);
}

/** Agencies write dates with slashes. */
export function dateText(date: CivilDate): string {
  return `${date.slice(0, 4)}/${date.slice(5, 7)}/${date.slice(8)}`;
}

/** Whole yuan in 万元: 2000 is 0.2. */
export function wan(yuan: number | undefined): string {
  if (yuan === undefined) return '';
  const rest = String(yuan % WAN)
    .padStart(4, '0')
    .replace(/0+$/, '');
  const whole = String(Math.floor(yuan / WAN));
  return rest === '' ? whole : `${whole}.${rest}`;
}

/** The columns that say whom a row is about. */
export function counterpartColumns({ name, kind, uscc, representative, personId }: Counterpart): Row {
  return {
    counterpartName: name,
    counterpartKind: COUNTERPART[kind],
    uscc: uscc ?? '',
    legalRepresentative: representative ?? '',
    idType: personId === undefined ? '' : '身份证',
    idNumber: personId ?? '',
  };
}

function licenceRow(common: Common, content: LicenceDecision): Row {
  const { counterpart, documentNumber, decidedOn, agency } = common;
  return {
    ...counterpartColumns(counterpart),
    documentTitle: `${content.certificate}准予决定书`,
    documentNumber,
    licenseKind: content.category,
    certificateName: content.certificate,
    certificateNumber: content.certificateNumber,
    content: `准予办理${content.certificate}`,
    decidedOn,
    validFrom: decidedOn,
    validTo: dateText(content.validTo),
    authorityName: agency.name,
    authorityCode: agency.uscc,
    state: VALID,
    sourceName: agency.name,
    sourceCode: agency.uscc,
  };
}

function penaltyText(content: PenaltyDecision): string {
  const { penaltyKinds, fineYuan, confiscatedYuan, withdrawnCertificate } = content;
  return penaltyKinds
    .map((kind) => {
      if (kind === '罚款') return `罚款${String(fineYuan)}元`;
      if (kind === '没收违法所得') return `没收违法所得${String(confiscatedYuan)}元`;
      return withdrawnCertificate === undefined ? kind : `${kind.slice(0, 2)}${withdrawnCertificate}`;
    })
    .join('，');
}

function penaltyRow(common: Common, content: PenaltyDecision): Row {
  const { counterpart, documentNumber, decidedOn, agency } = common;
  return {
    ...counterpartColumns(counterpart),
    documentNumber,
    violationType: content.act,
    facts: content.facts,
    basis: content.basis,
    penaltyKinds: content.penaltyKinds.join('；'),
    content: penaltyText(content),
    fine: wan(content.fineYuan),
    confiscated: wan(content.confiscatedYuan),
    revokedCertificate: content.withdrawnCertificate ?? '',
    decidedOn,
    validTo: dateText(LONG_TERM),
    publicUntil: dateText(content.publicUntil),
    authorityName: agency.name,
    authorityCode: agency.uscc,
    sourceName: agency.name,
    sourceCode: agency.uscc,
  };
}

interface Common {
  readonly counterpart: Counterpart;
  readonly documentNumber: string;
  /** As it is written. */
  readonly decidedOn: string;
  readonly agency: Agency;
}

export function rowOf(decision: Decision): Row {
  const { counterpart, documentNumber, decidedOn, agency, content } = decision;
  const common: Common = { counterpart, documentNumber, decidedOn: dateText(decidedOn), agency };
  return content.kind === 'LICENSE' ? licenceRow(common, content) : penaltyRow(common, content);
}
