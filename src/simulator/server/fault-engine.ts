import { type CheckedRule, type Fault, type FaultRule, FaultRules, type Poison } from "../faults.ts";
import { type Random, random, STREAM } from "../random.ts";
import { type Poisoned, poison } from "./poison.ts";

export interface FaultRequest {
  readonly endpoint: string;
  readonly path: string;
}

/** The faults of one request. */
export interface FaultDecision {
  readonly fault: Exclude<Fault, Poison> | null;
  /** Damages the items of a result; returns whether any item was damaged. */
  poison(result: unknown): boolean;
}

export interface FaultEngine {
  set(rules: readonly FaultRule[]): void;
  clear(): void;
  rules(): readonly CheckedRule[];
  decide(request: FaultRequest): FaultDecision;
  /** All damaged items so far. */
  poisoned(): readonly Poisoned[];
}

interface RuleState {
  readonly rule: CheckedRule;
  readonly random: Random;
  readonly path: RegExp | null;
  seen: number;
  fired: number;
}

export function createFaultEngine(seed: number, initial: readonly FaultRule[]): FaultEngine {
  let states: RuleState[] = [];
  const poisoned = new Map<string, Poisoned>();

  function set(rules: readonly FaultRule[]): void {
    states = FaultRules.parse(rules).map((rule, index) => ({
      rule,
      random: random(seed, STREAM.fault, index),
      path: rule.match.path === undefined ? null : new RegExp(rule.match.path),
      seen: 0,
      fired: 0,
    }));
  }

  function decide(request: FaultRequest): FaultDecision {
    const due = states.filter((state) => isDue(state, request));
    const first = due.find(({ rule }) => rule.fault.type !== "poison");
    if (first) first.fired++;
    return {
      fault: first && first.rule.fault.type !== "poison" ? first.rule.fault : null,
      poison: (result) => due.map((state) => poisonWith(state, request, result)).includes(true),
    };
  }

  function poisonWith(state: RuleState, { endpoint }: FaultRequest, result: unknown): boolean {
    if (state.rule.fault.type !== "poison") return false;
    const hits = poison(state.rule.fault, endpoint, result);
    if (hits.length > 0) state.fired++;
    for (const hit of hits) poisoned.set(`${hit.endpoint} ${hit.id} ${hit.field ?? ""}`, hit);
    return hits.length > 0;
  }

  set(initial);
  return {
    set,
    clear: () => set([]),
    rules: () => states.map((state) => state.rule),
    decide,
    poisoned: () => [...poisoned.values()],
  };
}

function isDue(state: RuleState, request: FaultRequest): boolean {
  const { match } = state.rule;
  if (match.endpoint !== undefined && match.endpoint !== request.endpoint) return false;
  if (state.path !== null && !state.path.test(request.path)) return false;
  state.seen++;
  if (match.times !== undefined && state.fired >= match.times) return false;
  if (match.nth !== undefined && ![match.nth].flat().includes(state.seen)) return false;
  return match.probability === undefined || state.random() < match.probability;
}
