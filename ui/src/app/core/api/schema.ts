// Generated from openapi.json by `npm run api`: change the service's types instead.
import type { Micros } from './micros';

export interface paths {
  readonly '/api/faults': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** How the faults and the release dial stand. */
    readonly get: operations['show_faults'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/costs': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What each problem cost the players of this session, in the spins that had it. */
    readonly get: operations['problem_costs'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/figures': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What was measured of this session's spins before and after each fix. */
    readonly get: operations['problem_figures'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/release': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /** Turn the release dial: envelopes say the release then, and its faults hurt. */
    readonly put: operations['choose_release'];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/releases': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What was measured of each release, and what left the band of chance. */
    readonly get: operations['compared_releases'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/reset': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * The start of the demo: the first release, no traffic, no fault beside the story, nothing armed, nothing measured, and
     *     figures that begin now.
     */
    readonly post: operations['reset_demo'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /** Bring a fault to a state. It is answered once it is there. */
    readonly put: operations['switch_fault'];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/faults/{id}/fire': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Let a fault happen once. */
    readonly post: operations['fire_fault'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/notices': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Damaged databases that were set aside and that nobody has read about yet. */
    readonly get: operations['unread_notices'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/notices/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /** Somebody has read a notice: it is not told again. */
    readonly delete: operations['read_notice'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/openapi.json': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** This document. Needs no token. */
    readonly get: operations['openapi'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/overhead': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** How the measurement of what telemetry costs stands. */
    readonly get: operations['show_overhead'];
    readonly put?: never;
    /** Begin a measurement. It is answered at once; the measurement takes minutes. */
    readonly post: operations['measure_overhead'];
    /** End the measurement that runs, if one does. */
    readonly delete: operations['cancel_overhead'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/preferences': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What was set in the page, by name. The page alone knows what a value means. */
    readonly get: operations['show_preferences'];
    /** Takes over the members of the body; `null` removes one. */
    readonly put: operations['change_preferences'];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/settings': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The settings in force. */
    readonly get: operations['show_settings'];
    /** Changes settings while everything runs. Nothing is changed where one of them cannot be. */
    readonly put: operations['change_settings'];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/settings/page': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What the page's own SDK is started with. */
    readonly get: operations['show_page_settings'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/delivery': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** How delivery stands. */
    readonly get: operations['delivery'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/delivery/held': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Decide on what was captured for another DSN. */
    readonly post: operations['decide_held'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/delivery/retry': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Send again what will not be sent by itself. */
    readonly post: operations['retry_dead'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/delivery/test': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Send a test envelope. */
    readonly post: operations['test_delivery'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/envelope': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Take an envelope of the page, or of any other browser of this origin. */
    readonly post: operations['tunnel'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/envelopes': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Envelopes, newest first. */
    readonly get: operations['envelopes'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/envelopes/{seq}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** An envelope, readable or as it was received. */
    readonly get: operations['one_envelope'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/events': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * What happens, as it happens: `trace` (`TraceSummary`), `issue` (`IssueSummary`), `delivery` (`Delivery`),
     *     `presentation` (`{"revision"}`: it has changed), and `missed` where the reader was too slow for all of it.
     */
    readonly get: operations['telemetry_events'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/issues': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Issues, that of the event that arrived last first. */
    readonly get: operations['issues'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/issues/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** An issue with its newest events. */
    readonly get: operations['one_issue'];
    readonly put?: never;
    /** Resolve an issue, or open it again. */
    readonly post: operations['change_issue'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/map': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Who calls whom, how often and how fast, drawn from the newest traces. */
    readonly get: operations['service_map'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/measurements': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Numbers that transactions measured and metrics recorded, newest first. */
    readonly get: operations['measurements'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/traces': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Traces, the last to arrive first. */
    readonly get: operations['traces'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/telemetry/traces/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** A trace with all that is known of it. */
    readonly get: operations['one_trace'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/traffic': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** How the virtual players stand. */
    readonly get: operations['show_traffic'];
    /** Starts, stops or changes the virtual players. */
    readonly put: operations['set_traffic'];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/calculator': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The inputs with where they come from, the formulas, and what comes of them. */
    readonly get: operations['show_calculation'];
    readonly put?: never;
    readonly post?: never;
    /** Bring all inputs and formulas back as they are built in. */
    readonly delete: operations['forget_entries'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/calculator/formulas/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /** Use another formula. One with a mistake changes nothing. */
    readonly put: operations['use_formula'];
    readonly post?: never;
    /** Bring a built-in formula back. */
    readonly delete: operations['use_built_in_formula'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/calculator/inputs/{id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /** Set the values of an input; they count as assumed. */
    readonly put: operations['assume_input'];
    readonly post?: never;
    /** Bring the built-in values of an input back. */
    readonly delete: operations['forget_input'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/calculator/inputs/{id}/measured': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Take over what the demo measured of an input. */
    readonly post: operations['take_over_measurement'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/health': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** How every service is. Needs no token. */
    readonly get: operations['health'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/paytable': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Reel strips, paylines, paytable and PAR sheet. */
    readonly get: operations['paytable'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/players/me': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The player of the session. */
    readonly get: operations['me'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The script, where its presentation stands, and what of it is fulfilled and borne out. */
    readonly get: operations['show_presentation'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/back': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Go back to the step before; the first one stays. */
    readonly post: operations['step_back'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/end': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** End the presentation. */
    readonly post: operations['end_presentation'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/go': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Go to a step and a line of what it says; begins the presentation where none is given. */
    readonly post: operations['go_to_step'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/next': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Go to the next step; after the last one the presentation ends. */
    readonly post: operations['next_step'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/schema': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The JSON Schema of a script, for editors. */
    readonly get: operations['script_schema'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/script': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The text of the script, to begin an own one with. */
    readonly get: operations['show_script'];
    /** Use an own script from now on, in every language. A script with a mistake changes nothing. */
    readonly put: operations['use_own_script'];
    readonly post?: never;
    /** Use the built-in scripts again. */
    readonly delete: operations['use_built_in_script'];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/seen': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Note what a person looks at. It counts for the present step; what is fulfilled follows from it and from what really
     *     happened.
     */
    readonly post: operations['note_seen'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/presentation/start': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Begin at the first step; what was fulfilled before is forgotten. */
    readonly post: operations['start_presentation'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/report': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The take-away as one HTML file, which needs no network. */
    readonly get: operations['report_page'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/report/data': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The take-away as data. */
    readonly get: operations['report_data'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/reports/daily': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What was staked and paid out on a day. For the operator: it is no player's, so it wants no session. */
    readonly get: operations['daily_report'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/rounds': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The player's last rounds, newest first. */
    readonly get: operations['rounds'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/rounds/{round_id}': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What became of a round of the player's. */
    readonly get: operations['round'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/sessions': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Log in. */
    readonly post: operations['log_in'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/api/v1/spins': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Play a round, once per idempotency key. */
    readonly post: operations['spin'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description Something that the page does when a button is pressed. */
    readonly Action:
      | 'start_of_demo'
      | {
          /**
           * Format: uint8
           * @description Makes so many spins, one after another; 1 to 20.
           */
          readonly spin: number;
        }
      | 'same_round'
      | {
          /** @description Opens a page. */
          readonly open: components['schemas']['Page'];
        }
      | 'open_newest_trace'
      | {
          /** @description Opens the newest trace that shows a problem. */
          readonly open_trace_of: components['schemas']['FaultId'];
        }
      | 'open_culprit'
      | 'compare'
      | 'open_newest_issue'
      | {
          /** @description Fixes a problem. */
          readonly fix: components['schemas']['FaultId'];
        }
      | {
          /** @description Brings a problem back. */
          readonly bring_back: components['schemas']['FaultId'];
        }
      | {
          /** @description Switches a fault on, which turns itself off after a time. */
          readonly break: components['schemas']['BreakFor'];
        }
      | {
          /** @description Lets a fault happen once. */
          readonly fire: components['schemas']['FaultId'];
        }
      | {
          /** @description Puts a release in force. */
          readonly release: string;
        }
      | {
          /** @description Starts or stops the virtual players. */
          readonly traffic: boolean;
        }
      | 'measure_overhead'
      | {
          /** @description Opens a question, by its id. */
          readonly question: string;
        };
    /** @description A category that Sentry does not take at the moment. */
    readonly ActiveLimit: {
      /** @description Category, or `all`. */
      readonly category: string;
      /** @description Masked DSN. */
      readonly destination: string;
      /**
       * Format: int64
       * @description When it ends.
       */
      readonly until: number;
    };
    /**
     * @description All problems at once.
     * @enum {string}
     */
    readonly AllProblems: 'all';
    /** @description A problem as RFC 9457 writes it, with our members `code`, `field`, `stake_status` and `round_id`. */
    readonly ApiProblem: {
      /** @description The stable code. */
      readonly code: components['schemas']['Code'];
      /** @description One clear sentence that says what to do. */
      readonly detail: string;
      /** @description Path of the offending field in the request body, or the name of the header or of the part of the path. */
      readonly field?: string;
      /**
       * Format: uint64
       * @description Seconds after which to try again; sent as the header `Retry-After` too.
       */
      readonly retry_after?: number;
      /**
       * Format: uuid
       * @description The round that the problem belongs to.
       */
      readonly round_id?: string;
      /** @description What happened to the stake, on problems of a spin. */
      readonly stake_status?: components['schemas']['StakeStatus'];
      /**
       * Format: uint16
       * @description The HTTP status, repeated.
       */
      readonly status: number;
      /** @description Short title of the code. */
      readonly title: string;
      /** @description `urn:reelscope:problem:<code>`. */
      readonly type: string;
    };
    /** @description A stated figure that no demo measures. The page labels it as an assumption. */
    readonly Assumption: {
      /** @description Which field of the calculator it is. */
      readonly id: components['schemas']['AssumptionId'];
      /** @description The words of the script. */
      readonly text: string;
    };
    /**
     * @description What the calculator computes with.
     * @enum {string}
     */
    readonly AssumptionId:
      'mttr' | 'conversion' | 'engagement' | 'downtime' | 'churn' | 'engineers_time' | 'payback';
    /** @description A comparison of the figures before and after a fix. */
    readonly BeforeAfter: {
      readonly after: components['schemas']['Figures'] | null;
      /** @description The trace of the median spin after the fix. */
      readonly after_trace: string | null;
      readonly before: components['schemas']['Figures'] | null;
      /** @description The trace of the median spin before the fix. */
      readonly before_trace: string | null;
      /** @description The id of a problem, or `all`. */
      readonly problem: components['schemas']['ComparedProblem'];
      readonly slowed: components['schemas']['SlowedTime'] | null;
    };
    /**
     * @description Where a bet stands.
     * @enum {string}
     */
    readonly BetStatus: 'reserved' | 'pending' | 'posted' | 'voided';
    /** @description What happened before an error. */
    readonly Breadcrumb: {
      /**
       * Format: int64
       * @description When, if it says so.
       */
      readonly at_us?: Micros;
      /** @description Category. */
      readonly category: string;
      /** @description Data as recorded. */
      readonly data: {
        readonly [key: string]: unknown;
      };
      /** @description Level. */
      readonly level: string;
      /** @description Text. */
      readonly message: string;
    };
    /** @description A fault that is on for a time. */
    readonly BreakFor: {
      /** @description Which. */
      readonly fault: components['schemas']['FaultId'];
      /**
       * Format: uint16
       * @description Seconds until it turns itself off, 1 to 600.
       */
      readonly seconds: number;
    };
    /** @description A button with its label. */
    readonly Button: {
      /** @description What it does. */
      readonly action: components['schemas']['Action'];
      /** @description The words on it. */
      readonly label: string;
    };
    /** @description `GET /api/v1/calculator`. */
    readonly Calculation: {
      /** @description ISO 4217 code of the currency of all money. */
      readonly currency: string;
      /** @description Each after those that it uses. */
      readonly formulas: readonly components['schemas']['CalculatorFormula'][];
      /** @description In the order of the page. */
      readonly inputs: readonly components['schemas']['CalculatorInput'][];
    };
    /** @description A formula with what comes of it. */
    readonly CalculatorFormula: {
      /** @description Whether it is the one that is built in. */
      readonly built_in: boolean;
      /** @description Its name in later formulas. */
      readonly id: components['schemas']['FormulaId'];
      /** @description The formula. */
      readonly text: string;
      /** @description What it is about. */
      readonly topic: components['schemas']['CalculatorTopic'];
      /** @description What its value counts. */
      readonly unit: components['schemas']['CalculatorUnit'];
      /** @description What comes of it. */
      readonly values: components['schemas']['ScenarioResults'];
    };
    /** @description An input with its values. */
    readonly CalculatorInput: {
      /** @description Whether these are the values that are built in. */
      readonly built_in: boolean;
      /** @description Its name in formulas. */
      readonly id: components['schemas']['InputId'];
      /**
       * Format: double
       * @description The least value that it can have.
       */
      readonly least: number;
      readonly measured: components['schemas']['MeasuredInput'] | null;
      /**
       * Format: double
       * @description The largest value that it can have.
       */
      readonly most: number;
      readonly offered: components['schemas']['MeasuredInput'] | null;
      /** @description How it differs between the scenarios. */
      readonly spread: components['schemas']['InputSpread'];
      /** @description What it is about. */
      readonly topic: components['schemas']['CalculatorTopic'];
      /** @description What it counts. */
      readonly unit: components['schemas']['CalculatorUnit'];
      /** @description Its values. */
      readonly values: components['schemas']['ScenarioValues'];
    };
    /**
     * @description What an input or a formula is about.
     * @enum {string}
     */
    readonly CalculatorTopic:
      | 'volume'
      | 'failures'
      | 'repair'
      | 'downtime'
      | 'conversion'
      | 'engagement'
      | 'churn'
      | 'costs'
      | 'result';
    /**
     * @description What a value of the calculator counts.
     * @enum {string}
     */
    readonly CalculatorUnit: 'count' | 'percent' | 'money' | 'hours' | 'months' | 'ms';
    /** @description `POST /issues/{id}`; answered with the issue's line. */
    readonly ChangeIssue: {
      /** @description What it shall be. */
      readonly status: components['schemas']['IssueDecision'];
    };
    /** @description How many envelopes a request changed. */
    readonly Changed: {
      /**
       * Format: uint64
       * @description Envelopes.
       */
      readonly changed: number;
    };
    /** @description `PUT /api/faults/release`. */
    readonly ChooseRelease: {
      /** @description One of the demo's versions. */
      readonly release: string;
    };
    /** @description A stated figure that the demo measures. */
    readonly Claim: {
      /** @description What is measured. */
      readonly figure: components['schemas']['ClaimedFigure'];
      /** @description What bears the claim out, in the figure's unit; absent where it is exactly what is stated. */
      readonly holds?: components['schemas']['Range'];
      /** @description The name of the figure, as the presenter reads it. */
      readonly label: string;
      /** @description What the script says, in the figure's unit. */
      readonly stated: components['schemas']['Range'];
    };
    /** @description Where a claim stands. */
    readonly ClaimState: {
      /**
       * Format: uint64
       * @description About how many spins would tell; absent where it is told.
       */
      readonly enough: number | null;
      /**
       * Format: double
       * @description The measured value; absent while nothing is measured.
       */
      readonly measured: number | null;
      readonly needs: components['schemas']['Action'] | null;
      /**
       * Format: uint64
       * @description Number of spins that it was measured over.
       */
      readonly spins: number;
      /** @description Unit of the figure. */
      readonly unit: components['schemas']['Unit'];
      /** @description Whether it is borne out; a share is judged by the 95 % interval around it. */
      readonly verdict: components['schemas']['ClaimVerdict'];
    };
    /**
     * @description Whether a claim is borne out.
     * @enum {string}
     */
    readonly ClaimVerdict: 'borne_out' | 'not_borne_out' | 'too_few';
    /**
     * @description A figure that the demo measures.
     * @enum {string}
     */
    readonly ClaimedFigure:
      | 'services'
      | 'spin_ms'
      | 'look_up_ms'
      | 'draw_ms'
      | 'provider_ms'
      | 'provider_share_percent'
      | 'failed_spins_percent'
      | 'p95_before_ms'
      | 'p95_after_ms'
      | 'error_rate_before_percent'
      | 'error_rate_after_percent'
      | 'overhead_cpu_ms'
      | 'overhead_cpu_percent'
      | 'overhead_ms'
      | 'bytes_per_spin';
    /**
     * @description The stable name of a problem. Clients translate and decide by it; the sentence beside it may change.
     * @enum {string}
     */
    readonly Code:
      | 'launch_token_required'
      | 'unauthorized'
      | 'session_expired'
      | 'player_not_found'
      | 'insufficient_funds'
      | 'stake_out_of_limits'
      | 'invalid_request'
      | 'malformed_json'
      | 'unsupported_media_type'
      | 'payload_too_large'
      | 'idempotency_key_missing'
      | 'idempotency_conflict'
      | 'rate_limited'
      | 'foreign_host'
      | 'foreign_origin'
      | 'payment_declined'
      | 'payment_pending'
      | 'envelope_malformed'
      | 'dsn_required'
      | 'dsn_rejected'
      | 'dsn_invalid'
      | 'problem_unchanged'
      | 'problem_switching'
      | 'measurement_under_way'
      | 'recording_read_only'
      | 'traffic_running'
      | 'players_not_ready'
      | 'service_unavailable'
      | 'disk_full'
      | 'deadline_exceeded'
      | 'not_found'
      | 'method_not_allowed'
      | 'internal';
    /**
     * @description What is compared between releases.
     * @enum {string}
     */
    readonly ComparedFigure: 'p95' | 'errors' | 'rtp';
    /** @description What is compared before and after a fix. */
    readonly ComparedProblem:
      components['schemas']['FaultId'] | components['schemas']['AllProblems'];
    /** @description Two traces of the same round, by their ids. */
    readonly ComparedTraces: {
      /** @description After it. */
      readonly after: string;
      /** @description Before the fix. */
      readonly before: string;
    };
    /** @description Comparison of spins with and without telemetry. */
    readonly Comparison: {
      /**
       * Format: double
       * @description CPU time that telemetry adds to a spin, in milliseconds. `None` where the system does not report it.
       */
      readonly added_cpu_ms: number | null;
      /**
       * Format: double
       * @description Latency that telemetry adds to the median, in milliseconds.
       */
      readonly added_p50_ms: number;
      /** @description Without telemetry. */
      readonly off: components['schemas']['OverheadSide'];
      /** @description With every trace recorded. */
      readonly on: components['schemas']['OverheadSide'];
      /**
       * Format: double
       * @description Saturated throughput with telemetry divided by that without: the median of runs that followed each other, because
       *     other work of the machine changes from second to second.
       */
      readonly saturated_ratio: number;
    };
    /** @description Where a condition stands. */
    readonly ConditionState: {
      /** @description Whether it was fulfilled since its step began. */
      readonly fulfilled: boolean;
      /**
       * Format: double
       * @description How far it is, in the unit of `wanted`; absent where it is only fulfilled or not, or nothing is measured yet.
       */
      readonly measured: number | null;
      /**
       * Format: double
       * @description What fulfils it: a count, or percent.
       */
      readonly wanted: number | null;
    };
    /** @description What one symbol adds to the RTP. */
    readonly Contribution: {
      /**
       * Format: uint8
       * @description This many of a kind.
       */
      readonly count: number;
      /** @description Wins of this kind in the full cycle, summed over the paylines. */
      readonly hits: string;
      /** @description The same, exact, as a part of 1. */
      readonly rtp: components['schemas']['Fraction'];
      /**
       * Format: double
       * @description Percentage points of RTP.
       */
      readonly rtp_percent: number;
      /** @description Name of the symbol. */
      readonly symbol: components['schemas']['SymbolName'];
    };
    /** @description For whom a presentation is. */
    readonly Customer: {
      /** @description ISO 4217 code of the currency of the customer's own figures. */
      readonly currency?: string;
      /**
       * @description `data:image/…;base64,…`; in a file that is opened with `--script` also the path of a PNG, JPEG, WebP or SVG
       *     beside it. At most 256 KiB.
       */
      readonly logo?: string;
      /** @description Name; empty for nobody in particular. */
      readonly name?: string;
    };
    /** @description `GET /v1/reports/daily?day=2026-01-31`: what was staked and paid out by the bets that were posted on a day (UTC). */
    readonly DailyReport: {
      /**
       * @description The day.
       * @example 2026-01-31
       */
      readonly day: string;
      /** @description One entry a currency, in the order of the alphabet; none when nothing was posted. */
      readonly totals: readonly components['schemas']['DayTotals'][];
    };
    /** @description What was staked and paid out in one currency. */
    readonly DayTotals: {
      /**
       * Format: int64
       * @description Bets that were posted.
       */
      readonly bets: number;
      /** @description ISO 4217 code. */
      readonly currency: string;
      /** @description Sum of the payouts. */
      readonly payouts: components['schemas']['Money'];
      /** @description Sum of the stakes. */
      readonly stakes: components['schemas']['Money'];
    };
    /** @description `POST /delivery/held`. */
    readonly DecideHeld: {
      /** @description What to do. */
      readonly action: components['schemas']['HeldAction'];
    };
    /** @description `GET /delivery`. */
    readonly Delivery: components['schemas']['DeliveryCounts'] & {
      /**
       * Format: uint64
       * @description Bytes on disk.
       */
      readonly bytes: number;
      /** @description Dead envelopes by reason. */
      readonly dead_by_reason: {
        readonly [key: string]: number;
      };
      /** @description Where to. */
      readonly destinations: readonly components['schemas']['DestinationStatus'][];
      /** @description Held envelopes by reason: `waiting`, `rate_limited`, `paused`, `no_destination`, `other_destination`. */
      readonly held_by_reason: {
        readonly [key: string]: number;
      };
      /**
       * Format: uint64
       * @description Requests under way.
       */
      readonly in_flight: number;
      /** @description Whether everything in the log has been read since the start. */
      readonly indexed: boolean;
      /** @description The last failure since the start. */
      readonly last_error?: components['schemas']['DeliveryError'];
      /** @description What SDKs say they lost before the collector saw it, by `reason/category`. */
      readonly lost_by_sdks: {
        readonly [key: string]: number;
      };
      /** @description What a person should know. */
      readonly notices: readonly components['schemas']['Notice'][];
      /** @description Rate limits that are in force. */
      readonly rate_limits: readonly components['schemas']['ActiveLimit'][];
      /** @description The newest of those, at most ten, newest first. */
      readonly refusals?: readonly components['schemas']['Refusal'][];
      /**
       * Format: uint64
       * @description Requests to the doors that were refused, and envelopes of our own that were not taken, since the start; not among
       *     the captured.
       */
      readonly refused: number;
      /** @description The requests among them, by the code of the problem that they were answered with. */
      readonly refused_by_code?: {
        readonly [key: string]: number;
      };
      /** @description Whether envelopes that come are scrubbed before they are kept. */
      readonly scrubbing: boolean;
      /** @description Whether envelopes are being sent. */
      readonly sending: boolean;
      /**
       * Format: uint64
       * @description Sessions that SDKs reported.
       */
      readonly sessions: number;
    };
    /** @description The four numbers of which nothing may go missing: `captured = delivered + held + dead`. */
    readonly DeliveryCounts: {
      /**
       * Format: uint64
       * @description Envelopes taken, ever.
       */
      readonly captured: number;
      /**
       * Format: uint64
       * @description Envelopes that will not be sent by themselves.
       */
      readonly dead: number;
      /**
       * Format: uint64
       * @description Envelopes that Sentry has.
       */
      readonly delivered: number;
      /**
       * Format: uint64
       * @description Envelopes kept to be sent.
       */
      readonly held: number;
    };
    /** @description The last thing that went wrong. */
    readonly DeliveryError: {
      /**
       * Format: int64
       * @description When.
       */
      readonly at: number;
      /** @description Stable code, the same words as [`TestOutcome::code`]. */
      readonly code: string;
      /** @description Masked DSN. */
      readonly destination: string;
      /** @description One sentence. */
      readonly detail: string;
      /** @description What the sentence names, as [`TestOutcome::params`]. */
      readonly params?: {
        readonly [key: string]: string;
      };
    };
    /** @description A place that envelopes are sent to. */
    readonly DestinationStatus: {
      /** @description Masked DSN. */
      readonly dsn: string;
      /**
       * Format: int64
       * @description When the next attempt is made, while it cannot be reached.
       */
      readonly next_attempt_at?: number;
      /** @description The slot with a DSN of its own; absent for the common one. */
      readonly slot?: string;
    };
    /** @description Sentry's answer to an envelope. */
    readonly EnvelopeAccepted: {
      /** @description Id of the event in it, if it has one. */
      readonly id?: string | null;
    };
    /** @description `GET /envelopes/{seq}`. */
    readonly EnvelopeDetail: {
      /** @description Its header. */
      readonly header: unknown;
      /** @description Its items. */
      readonly items: readonly components['schemas']['EnvelopeItem'][];
      /**
       * @description What is odd about its content, each word once. `transaction_without_trace`, `span_without_trace` and
       *     `log_without_trace` are on no other page; of what is `unreadable_item` some may be.
       */
      readonly oddities: readonly string[];
      /** @description The same line as in the list. */
      readonly summary: components['schemas']['EnvelopeSummary'];
    };
    /** @description One item of an envelope, readable. */
    readonly EnvelopeItem: {
      /**
       * Format: uint64
       * @description Bytes of its payload.
       */
      readonly bytes: number;
      /** @description Its header. */
      readonly header: unknown;
      /** @description The payload, where it is JSON and not larger than 1 MiB. */
      readonly json?: unknown;
      /** @description The payload, where it is text but not JSON, cut after 64 KiB. */
      readonly text?: string;
    };
    /**
     * @description Where an envelope stands.
     * @enum {string}
     */
    readonly EnvelopeState: 'held' | 'delivered' | 'dead';
    /** @description An envelope in one line. */
    readonly EnvelopeSummary: {
      /**
       * Format: uint64
       * @description Bytes as received.
       */
      readonly bytes: number;
      /** @description What it holds, in Sentry's words: `error`, `transaction`, `log_item`, … */
      readonly categories: readonly string[];
      /** @description Why it is held or dead. */
      readonly reason?: string;
      /**
       * Format: int64
       * @description When it came.
       */
      readonly received_at: number;
      /**
       * Format: uint64
       * @description Number of the envelope, from 1.
       */
      readonly seq: number;
      /** @description Which door it came through: a service's name, `frontend`, or `external`. */
      readonly slot: string;
      /** @description Where it stands. */
      readonly state: components['schemas']['EnvelopeState'];
    };
    /** @description `GET /envelopes`. */
    readonly Envelopes: {
      /** @description Newest first. */
      readonly envelopes: readonly components['schemas']['EnvelopeSummary'][];
      /**
       * Format: uint64
       * @description Ask with `before` set to this for the next page; absent on the last.
       */
      readonly next?: number;
    };
    /** @description An error event. */
    readonly ErrorEvent: {
      /**
       * Format: int64
       * @description When.
       */
      readonly at_us: Micros;
      /** @description The newest breadcrumbs, oldest first. */
      readonly breadcrumbs: readonly components['schemas']['Breadcrumb'][];
      /**
       * Format: uint64
       * @description Breadcrumbs that there were; more than are told where the oldest are left out.
       */
      readonly breadcrumbs_total: number;
      /** @description Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`. */
      readonly clock_corrected?: boolean;
      /** @description Environment. */
      readonly environment?: string;
      /** @description Id of the event. */
      readonly event_id: string;
      /** @description All exceptions, the one that was seen first, each followed by its causes, or by what is in it. */
      readonly exceptions?: readonly components['schemas']['Exception'][];
      /**
       * Format: uint64
       * @description Exceptions that there were; more than are told where there are many.
       */
      readonly exceptions_total: number;
      /** @description Stack of that exception, the innermost frame first; where it has none that of the event or its thread. */
      readonly frames: readonly components['schemas']['Frame'][];
      /**
       * Format: uint64
       * @description Frames that there were; more than are told where the outermost are left out.
       */
      readonly frames_total: number;
      /** @description Why it is of its issue. */
      readonly grouping: components['schemas']['Grouping'];
      /** @description Whether the code caught it; absent where the event does not say. */
      readonly handled?: boolean;
      /** @description The issue it belongs to. */
      readonly issue_id: string;
      /** @description Type of the exception that was seen, of a group that of the first in it; `message` for a plain message. */
      readonly kind: string;
      /** @description `fatal`, `error`, `warning`, `info` or `debug`. */
      readonly level: string;
      /** @description Whether it lies before or after all spans of its trace; told with a trace only. */
      readonly outside?: boolean;
      /** @description `user.id`. */
      readonly player?: string;
      /** @description Release. */
      readonly release?: string;
      /**
       * Format: uint64
       * @description The envelope that brought it.
       */
      readonly seq: number;
      /** @description Which service recorded it. */
      readonly service: string;
      /** @description Span. */
      readonly span_id?: string;
      /** @description Tags. */
      readonly tags: {
        readonly [key: string]: string;
      };
      /** @description Whether it brought no time, or one that cannot be: `at_us` is then the time of receipt. */
      readonly time_is_received?: boolean;
      /** @description Trace. */
      readonly trace_id?: string;
      /** @description Transaction it happened in. */
      readonly transaction?: string;
      /** @description Value of that exception, or the message with its parameters filled in. */
      readonly value: string;
    };
    /** @description How many events came in each interval of equal length. */
    readonly EventCounts: {
      /** @description Events in each of them, 40 at most. The last interval is that of the latest event. */
      readonly counts: readonly number[];
      /**
       * Format: int64
       * @description Length of an interval, in microseconds. Their starts are multiples of it.
       */
      readonly each_us: Micros;
      /**
       * Format: int64
       * @description Start of the first interval.
       */
      readonly from_us: Micros;
    };
    /** @description One exception of those that an event tells of. */
    readonly Exception: {
      /**
       * Format: uint64
       * @description Its number in the event.
       */
      readonly exception_id?: number;
      /** @description Stack, the innermost frame first. */
      readonly frames: readonly components['schemas']['Frame'][];
      /**
       * Format: uint64
       * @description Frames that there were; more than are told where the outermost are left out.
       */
      readonly frames_total: number;
      /** @description Whether the code caught it; absent where it does not say. */
      readonly handled?: boolean;
      /** @description Whether it only holds others. */
      readonly is_exception_group?: boolean;
      /** @description Type. */
      readonly kind: string;
      /** @description Type of the mechanism that caught it, such as `chained`. */
      readonly mechanism?: string;
      /** @description Module of the type. */
      readonly module?: string;
      /**
       * Format: uint64
       * @description Number of the exception that it is the cause of, or the group that it is in.
       */
      readonly parent_id?: number;
      /** @description Where its parent holds it, such as `__cause__` or `exceptions[0]`. */
      readonly source?: string;
      /** @description Value. */
      readonly value: string;
    };
    /** @description For whom the services of a trace waited that recorded nothing in it themselves. */
    readonly ExternalShare: {
      /** @description What the calls name: their `peer.service`, else their `server.address`. */
      readonly peer: string;
      /**
       * Format: int64
       * @description Microseconds of the outgoing HTTP requests to it; of those at the same time each counts.
       */
      readonly waiting_us: Micros;
    };
    /** @description `GET /api/faults`. */
    readonly FaultBoard: {
      /**
       * Format: uint32
       * @description Number of payments that are armed to fail.
       */
      readonly armed_failures: number;
      /** @description All faults: the problems in the order of the story, then the others. */
      readonly faults: readonly components['schemas']['FaultView'][];
      /** @description Whether every fault can be switched, that is, whether all players are written. */
      readonly ready: boolean;
      /** @description The release that envelopes name now. */
      readonly release: string;
      /** @description The releases of the demo, oldest first. */
      readonly releases: readonly components['schemas']['ReleaseView'][];
    };
    /**
     * @description A fault: a real cause in one service, behind one knob there. The order is that of the display.
     * @enum {string}
     */
    readonly FaultId:
      | 'missing-index'
      | 'slow-rng'
      | 'slow-provider'
      | 'payment-errors'
      | 'provider-spike'
      | 'rtp-anomaly'
      | 'gateway-panic'
      | 'expired-token'
      | 'provider-down'
      | 'n-plus-one'
      | 'slow-report'
      | 'memory-leak'
      | 'session-surge';
    /**
     * @description The state of a fault.
     * @enum {string}
     */
    readonly FaultState: 'off' | 'on' | 'fixed';
    /** @description One fault. */
    readonly FaultView: {
      /**
       * Format: uint64
       * @description Milliseconds until it turns itself off; absent where it does not.
       */
      readonly ends_in_ms: number | null;
      /**
       * Format: uint64
       * @description Number of firings in this session.
       */
      readonly fired: number;
      /** @description Whether our code has a fix: the fault can be `fixed`, and not only off. */
      readonly fixable: boolean;
      /** @description Which of the two lists it is in. */
      readonly group: components['schemas']['GroupName'];
      /** @description How the fault is switched. */
      readonly how: components['schemas']['How'];
      /** @description The id of the fault. */
      readonly id: components['schemas']['FaultId'];
      readonly observed: components['schemas']['Observed'] | null;
      /** @description The service that causes the fault and has its fix. */
      readonly service: string;
      /** @description The present state; a fault that is only fired is always off. */
      readonly state: components['schemas']['FaultState'];
      /**
       * Format: int64
       * @description When the fault entered its state.
       */
      readonly switched_at: number;
      /**
       * Format: uint64
       * @description Milliseconds since then, by the monotonic clock.
       */
      readonly switched_ms_ago: number;
      readonly switching: components['schemas']['Switching'] | null;
    };
    /**
     * @description Figures of spins under one condition, as their players saw them. Where not all traces are recorded, counts and
     *     sums are estimates: each recorded spin stands for as many as the sample rate of its trace says.
     */
    readonly Figures: {
      /**
       * Format: double
       * @description 100 × failed ÷ spins.
       */
      readonly error_rate_percent: number;
      /**
       * Format: uint64
       * @description Number of spins that failed, for their player or in the settlement after the response.
       */
      readonly failed: number;
      /** @description Sum of the stakes of spins that the gateway answered with a 5xx after it had identified the player. */
      readonly failed_minor: components['schemas']['Money'];
      /**
       * Format: uint64
       * @description Number of these requests that were answered with a 5xx.
       */
      readonly failed_requests: number;
      /**
       * Format: double
       * @description 100 × failed_requests ÷ requests: the overall error rate, as in `reelscope spin --json`.
       */
      readonly overall_error_rate_percent: number;
      /**
       * Format: double
       * @description Median of the waiting time, in milliseconds; nearest rank.
       */
      readonly p50_ms: number;
      /**
       * Format: double
       * @description 95th percentile of the waiting time, in milliseconds.
       */
      readonly p95_ms: number;
      /**
       * Format: double
       * @description 99th percentile of the waiting time, in milliseconds.
       */
      readonly p99_ms: number;
      /**
       * Format: double
       * @description Spins per second, without pauses of ten seconds or more; absent for fewer than two spins.
       */
      readonly per_second: number | null;
      /**
       * Format: uint64
       * @description Number of recorded spins behind these figures; fewer than `spins` where those are an estimate.
       */
      readonly recorded: number;
      /**
       * Format: uint64
       * @description Number of requests that api-gateway, user-service, game-engine and payment-service answered for these spins;
       *     the page and the provider do not count.
       */
      readonly requests: number;
      /**
       * Format: uint64
       * @description Number of spins.
       */
      readonly spins: number;
      /**
       * Format: double
       * @description Total waiting time of a player in seconds, averaged over the players.
       */
      readonly waited_s_per_player: number;
    };
    /** @description What a fix brought, by the figure of its own problem. */
    readonly FixState: {
      /**
       * Format: double
       * @description The figure with its fix.
       */
      readonly after: number | null;
      /**
       * Format: double
       * @description The figure with the problem.
       */
      readonly before: number | null;
      /**
       * Format: uint64
       * @description About how many spins on each side would tell; absent where it is told.
       */
      readonly enough: number | null;
      readonly needs: components['schemas']['Action'] | null;
      /** @description The problem. */
      readonly problem: components['schemas']['FaultId'];
      /**
       * Format: uint64
       * @description Number of spins with its fix.
       */
      readonly spins_after: number;
      /**
       * Format: uint64
       * @description Number of spins with the problem.
       */
      readonly spins_before: number;
      /** @description Its state. */
      readonly state: components['schemas']['FaultState'];
      /** @description Unit of the figures: milliseconds that the cause takes of a spin, or for failures percent of spins. */
      readonly unit: components['schemas']['Unit'];
      /** @description Whether it helped; shares are compared by a two-proportion z-test. */
      readonly verdict: components['schemas']['FixVerdict'];
    };
    /**
     * @description Whether a fix helped.
     * @enum {string}
     */
    readonly FixVerdict: 'helped' | 'did_not_help' | 'too_few';
    /**
     * @description A formula of the calculator; its name is its variable in the formulas after it.
     * @enum {string}
     */
    readonly FormulaId:
      | 'spins_per_month'
      | 'revenue'
      | 'failures_value'
      | 'repair_hours_saved'
      | 'engineers_value'
      | 'downtime_value'
      | 'conversion_value'
      | 'engagement_value'
      | 'churn_value'
      | 'benefit'
      | 'telemetry_cost'
      | 'net'
      | 'payback_months';
    /** @description A mistake in a formula, with its place. */
    readonly FormulaMistake: {
      /** @description Index of its first letter. */
      readonly at: number;
      /** @description What is wrong. */
      readonly kind: components['schemas']['FormulaMistakeKind'];
      /** @description The part of the formula; empty for one that is missing. */
      readonly part: string;
    };
    /**
     * @description What is wrong with a formula.
     * @enum {string}
     */
    readonly FormulaMistakeKind: 'too_long' | 'letter' | 'name' | 'syntax' | 'no_number';
    /** @description An exact fraction; decimal strings, because the integers do not fit a JSON number. */
    readonly Fraction: {
      /** @description Below the line, positive; the fraction is in lowest terms. */
      readonly denominator: string;
      /** @description Above the line. */
      readonly numerator: string;
    };
    /** @description A line of a stack trace. */
    readonly Frame: {
      /** @description The line itself, where the event brought it. */
      readonly context_line?: string;
      /** @description File. */
      readonly file?: string;
      /** @description Function. */
      readonly function: string;
      /** @description Whether it is the application's own code. */
      readonly in_app: boolean;
      /**
       * Format: uint64
       * @description Line, from 1.
       */
      readonly line?: number;
      /** @description Module, where it differs from the file. */
      readonly module?: string;
      /** @description Lines of source after it, in order. */
      readonly post_context?: readonly string[];
      /** @description Lines of source before it, in order. */
      readonly pre_context?: readonly string[];
    };
    /** @description `POST /api/v1/presentation/go`. */
    readonly GoTo: {
      /**
       * Format: uint32
       * @description Index of the line of what it says.
       */
      readonly line?: number;
      /** @description Id of the step. */
      readonly step: string;
    };
    /**
     * @description Which of the two lists a fault is in.
     * @enum {string}
     */
    readonly GroupName: 'story' | 'extra';
    /**
     * @description What puts events into one issue.
     * @enum {string}
     */
    readonly GroupedBy: 'fingerprint' | 'stack' | 'system_stack' | 'exception' | 'message';
    /** @description Why an event is of its issue: events with the same parts are. */
    readonly Grouping: {
      /** @description By what. */
      readonly by: components['schemas']['GroupedBy'];
      /** @description The parts that are compared, to be read. */
      readonly parts: readonly string[];
      /**
       * Format: uint64
       * @description Parts that there are; more than are told where there are many.
       */
      readonly parts_total: number;
    };
    /**
     * @description What to do with envelopes that were captured for another destination than today's.
     * @enum {string}
     */
    readonly HeldAction: 'send' | 'discard';
    /**
     * @description How a fault is switched.
     * @enum {string}
     */
    readonly How: 'switch' | 'fire' | 'switch-or-fire';
    /**
     * @description An input of the calculator; its name is its variable in formulas.
     * @enum {string}
     */
    readonly InputId:
      | 'players'
      | 'spins_per_day'
      | 'average_stake'
      | 'hold_percent'
      | 'failure_before_percent'
      | 'failure_after_percent'
      | 'loss_per_failed_spin'
      | 'incidents'
      | 'repair_before_hours'
      | 'repair_after_hours'
      | 'engineers'
      | 'engineer_hour_cost'
      | 'downtime_hours'
      | 'downtime_less_percent'
      | 'new_players'
      | 'conversion_percent'
      | 'conversion_more_percent'
      | 'hindered_percent'
      | 'engagement_more_percent'
      | 'churn_percent'
      | 'churn_less_percent'
      | 'setup_hours'
      | 'one_off_cost'
      | 'tool_cost'
      | 'overhead_cpu_ms'
      | 'core_hour_cost';
    /**
     * @description How an input differs between the scenarios.
     * @enum {string}
     */
    readonly InputSpread: 'same' | 'grows' | 'falls';
    /**
     * @description What a person may say of an issue; that it regressed is for the collector to see.
     * @enum {string}
     */
    readonly IssueDecision: 'resolved' | 'unresolved';
    /** @description `GET /issues/{id}`. */
    readonly IssueDetail: {
      /** @description The last of its events that arrived, the last first. */
      readonly events: readonly components['schemas']['ErrorEvent'][];
      /** @description The same line as in the list. */
      readonly summary: components['schemas']['IssueSummary'];
      /** @description Times of the last of its events that arrived, at most 2,000, the earliest time first: those of `events` and more. */
      readonly times_us: readonly Micros[];
    };
    /** @description Where the stakes of the spins stand that met an issue, in one currency. Amounts are in its major units. */
    readonly IssueStakes: {
      /** @description ISO 4217 code. */
      readonly currency: string;
      /**
       * Format: double
       * @description Reserved: neither settled nor returned yet.
       */
      readonly held: number;
      /**
       * Format: double
       * @description Back in the balances.
       */
      readonly returned: number;
      /**
       * Format: double
       * @description Settled with their payouts.
       */
      readonly settled: number;
      /**
       * Format: uint64
       * @description Spins.
       */
      readonly spins: number;
    };
    /**
     * @description What people hold of an issue.
     * @enum {string}
     */
    readonly IssueStatus: 'unresolved' | 'resolved' | 'reopened' | 'regressed';
    /** @description An issue in one line. */
    readonly IssueSummary: {
      /** @description Function and file the newest event comes from. */
      readonly culprit: string;
      /**
       * Format: uint64
       * @description Events.
       */
      readonly events: number;
      /**
       * Format: int64
       * @description Time of the earliest event.
       */
      readonly first_seen_us: Micros;
      /** @description Stable over restarts: a hash of what groups its events. */
      readonly issue_id: string;
      /** @description Type of the exception. */
      readonly kind: string;
      /**
       * Format: uint64
       * @description Number of the envelope of the newest event. In this order events arrived, whatever the clock did meanwhile.
       */
      readonly last_envelope: number;
      /**
       * Format: int64
       * @description Time of the latest event, by the clocks of those who sent them.
       */
      readonly last_seen_us: Micros;
      /** @description Level of the newest event. */
      readonly level: string;
      /**
       * Format: uint64
       * @description Different players met, counted up to 1,000.
       */
      readonly players: number;
      /** @description How its newest 1,000 events came. */
      readonly recent: components['schemas']['EventCounts'];
      /** @description The later release that it came back in. */
      readonly regressed_in?: string;
      /** @description Releases it was seen in, oldest first where they are semantic versions, else in the order of the alphabet. */
      readonly releases: readonly string[];
      /** @description The release that it still happens in; absent where the event that opened it again names none. */
      readonly reopened_in?: string;
      /** @description The release in force when it was resolved, as far as its services had told; or a later one that it had been seen in. */
      readonly resolved_in?: string;
      /** @description Services. */
      readonly services: readonly string[];
      /** @description The request that it befalls most often; absent where no event names one that was recorded. */
      readonly share?: components['schemas']['RequestShare'];
      /** @description Where the stakes of the spins stand in whose traces its newest 1,000 events are, by currency. */
      readonly stakes: readonly components['schemas']['IssueStakes'][];
      /** @description Whether it is open. */
      readonly status: components['schemas']['IssueStatus'];
      /** @description Some of its traces, that of the newest event first. */
      readonly trace_ids: readonly string[];
      /** @description Value of the newest event. */
      readonly value: string;
    };
    /** @description `GET /issues`. */
    readonly Issues: {
      /** @description Whether everything in the log has been read since the start. */
      readonly indexed: boolean;
      /** @description In the order of their newest events, the last that arrived first. */
      readonly issues: readonly components['schemas']['IssueSummary'][];
    };
    /** @description What one bet of this player may cost, in minor units. */
    readonly Limits: {
      /** @description Largest stake. */
      readonly max_stake: components['schemas']['Money'];
      /** @description Smallest stake. */
      readonly min_stake: components['schemas']['Money'];
      /** @description A stake is a multiple of this, so that it divides evenly over the paylines. */
      readonly stake_step: components['schemas']['Money'];
    };
    /** @description One line of what is said. */
    readonly Line: {
      /** @description What on the screen they are about. */
      readonly spot?: components['schemas']['Spot'];
      /** @description The words. */
      readonly text: string;
    };
    /** @description `POST /api/v1/sessions`. */
    readonly LogIn: {
      /**
       * @description The player's account code.
       * @example RS-000001
       */
      readonly account_code: string;
      /**
       * @description Whose it is, for a client that was told so at an earlier log-in: the player need not be looked up by the code then.
       *     Where the code is somebody else's, this counts for nothing.
       */
      readonly player_id?: string | null;
    };
    /** @description A line of structured log. */
    readonly LogLine: {
      /**
       * Format: int64
       * @description When.
       */
      readonly at_us: Micros;
      /** @description Attributes as recorded. */
      readonly attributes: {
        readonly [key: string]: unknown;
      };
      /** @description Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`. */
      readonly clock_corrected?: boolean;
      /** @description `trace`, `debug`, `info`, `warn`, `error` or `fatal`. */
      readonly level: string;
      /** @description The text. */
      readonly message: string;
      /** @description Whether it lies before or after all spans of its trace; told with a trace only. */
      readonly outside?: boolean;
      /**
       * Format: uint64
       * @description The envelope that brought it.
       */
      readonly seq: number;
      /** @description Which service wrote it. */
      readonly service: string;
      /** @description The span it was written in. */
      readonly span_id?: string;
      /** @description Whether it brought no time, or one that cannot be: `at_us` is then the time of receipt. */
      readonly time_is_received?: boolean;
    };
    /** @description A session token and whose it is. */
    readonly LoggedIn: {
      /** @description RFC 3339. */
      readonly expires_at: string;
      /** @description Who plays. */
      readonly player: components['schemas']['Player'];
      /** @description Signed JWT; send it as `Authorization: Bearer …`. */
      readonly token: string;
      /** @description Always `Bearer`. */
      readonly token_type: string;
    };
    /** @description Calls from one to another. */
    readonly MapEdge: {
      /** @description Id of the node that calls. */
      readonly from: string;
      /** @description Id of the node that is called. */
      readonly to: string;
      /** @description The calls, as the caller saw them; as the callee did where the caller recorded no span of its own for them. */
      readonly traffic: components['schemas']['MapTraffic'];
    };
    /** @description A thing that does work. */
    readonly MapNode: {
      /** @description Name of a service or peer; `<service>/<system>` of a database. */
      readonly id: string;
      /** @description What it is. */
      readonly kind: components['schemas']['NodeKind'];
      /**
       * Format: int64
       * @description Its time on the critical paths of the traces, in microseconds. A database has none: its time is its service's.
       */
      readonly path_us: Micros;
      /** @description Transactions of a service; of the others, the calls made to them. */
      readonly traffic: components['schemas']['MapTraffic'];
    };
    /** @description What was done, how often and how fast. */
    readonly MapTraffic: {
      /**
       * Format: uint64
       * @description Requests, or calls.
       */
      readonly calls: number;
      /**
       * Format: uint64
       * @description Those whose status is a failure.
       */
      readonly errors: number;
      /**
       * Format: int64
       * @description The duration that half of those with a known one do not exceed (nearest rank); absent where there are none.
       */
      readonly p50_us?: Micros;
      /**
       * Format: int64
       * @description The duration that 95 of 100 of them do not exceed.
       */
      readonly p95_us?: Micros;
      /**
       * Format: uint64
       * @description Requests, or calls, a minute: those that began in the minute before the answer. Estimated where the map says so.
       */
      readonly per_minute: number;
    };
    /** @description `POST /api/overhead`. */
    readonly MeasureOverhead: {
      /**
       * Format: float
       * @description Sample rate of the side with telemetry, 0 to 1.
       */
      readonly sample_rate: number;
    };
    /** @description A value that the demo measured. */
    readonly MeasuredInput: {
      /**
       * Format: int64
       * @description When it was measured.
       */
      readonly at: number;
      /**
       * Format: uint64
       * @description Number of spins that it was measured over.
       */
      readonly spins: number;
      /**
       * Format: double
       * @description In the unit of the input.
       */
      readonly value: number;
    };
    /** @description A number with its unit, as Sentry keeps them. */
    readonly Measurement: {
      /** @description Sentry's name of the unit; `none` for a bare number. */
      readonly unit: string;
      /**
       * Format: double
       * @description The number.
       */
      readonly value: number;
    };
    /** @description One number at one time. */
    readonly MeasurementPoint: {
      /**
       * Format: int64
       * @description When: the start of the transaction, or the time of the metric.
       */
      readonly at_us: Micros;
      /** @description `measurement` of a transaction, or the kind of a metric: `counter`, `gauge`, `distribution`. */
      readonly kind: string;
      /** @description Name. */
      readonly name: string;
      /** @description Release. */
      readonly release?: string;
      /** @description Service. */
      readonly service: string;
      /** @description Trace. */
      readonly trace_id?: string;
      /** @description Unit, as Sentry names it. */
      readonly unit: string;
      /**
       * Format: double
       * @description The number.
       */
      readonly value: number;
    };
    /** @description `GET /measurements`. */
    readonly Measurements: {
      /** @description Whether everything in the log has been read since the start. */
      readonly indexed: boolean;
      /** @description Every name with the number of its points. */
      readonly names: {
        readonly [key: string]: number;
      };
      /** @description Points, newest first. */
      readonly points: readonly components['schemas']['MeasurementPoint'][];
    };
    /**
     * Format: int64
     * @description An amount in minor units of the account's currency; on the wire a JSON integer.
     * @example 1000
     */
    readonly Money: number;
    /**
     * @description What kind of thing does the work.
     * @enum {string}
     */
    readonly NodeKind: 'service' | 'database' | 'external';
    /** @description An object without fields. */
    readonly Nothing: Record<string, never>;
    /** @description Something that a person should know about the collector. */
    readonly Notice: {
      /**
       * Format: int64
       * @description When it was noticed.
       */
      readonly at: number;
      /**
       * @description Stable code, with what [`Notice::params`] has for it: `disk_failed` (`cause`), `telemetry_damaged` (`cause`),
       *     `earlier_format` (`copy`: a path), `envelope_refused` (`cause`), `evicted` (`count`), `no_trust_store` (`cause`),
       *     `issue_statuses_damaged` (`cause`), `index_defect` (`seq`, `cause`), `delivery_defect` (`cause`),
       *     `request_defect` (`seq`, `cause`).
       */
      readonly code: string;
      /** @description One sentence. */
      readonly detail: string;
      /** @description What the sentence names, so that it can be said in another language. Causes are as the system puts them. */
      readonly params?: {
        readonly [key: string]: string;
      };
    };
    /** @description Evidence of a fault in real spans or issues. */
    readonly Observed: {
      /**
       * Format: int64
       * @description Start of that trace.
       */
      readonly at: number;
      /**
       * Format: uint64
       * @description Number of traces that show the fault since it was switched on or fired.
       */
      readonly count: number;
      /**
       * Format: double
       * @description Duration of the span, in milliseconds; absent where the evidence has no duration, such as an issue.
       */
      readonly ms?: number;
      /**
       * Format: uint64
       * @description Size of the work whose size follows the speed of the machine: players that a look-up reads, random words that a draw
       *     tests. Absent for other evidence.
       */
      readonly size?: number;
      /**
       * Format: uint64
       * @description The size before the machine's speed changed it; absent while that did not happen.
       */
      readonly size_was?: number;
      /** @description The newest of these traces, 32 hexadecimal digits. */
      readonly trace_id: string;
    };
    /** @description A transaction without a parent beside the root. */
    readonly OtherRoot: {
      /**
       * Format: int64
       * @description Length.
       */
      readonly duration_us: Micros;
      /** @description Its name. */
      readonly name: string;
      /** @description Its service. */
      readonly service: string;
      /** @description Id of its span. */
      readonly span_id: string;
      /**
       * Format: int64
       * @description Start.
       */
      readonly start_us: Micros;
    };
    /** @description The result of a measurement. */
    readonly OverheadResult: components['schemas']['Comparison'] & {
      /**
       * Format: int64
       * @description When it ended.
       */
      readonly at: number;
      /**
       * Format: float
       * @description Sample rate of the side with telemetry, 0 to 1.
       */
      readonly sample_rate: number;
    };
    /** @description Figures of one side, summed over its blocks. */
    readonly OverheadSide: {
      /**
       * Format: double
       * @description Bytes of stored telemetry for each spin.
       */
      readonly bytes_per_spin: number;
      /**
       * Format: double
       * @description CPU time of the whole process for each spin, in milliseconds: services, load and, with telemetry, the
       *     collector with its index. `None` where the system does not report it.
       */
      readonly cpu_ms_per_spin: number | null;
      /**
       * Format: double
       * @description Median latency of sequential spins, in milliseconds.
       */
      readonly p50_ms: number;
      /**
       * Format: double
       * @description 95th percentile of that latency, in milliseconds.
       */
      readonly p95_ms: number;
      /**
       * Format: double
       * @description Spins per second at the saturating concurrency.
       */
      readonly saturated_per_s: number;
      /**
       * Format: uint64
       * @description Number of spins.
       */
      readonly spins: number;
    };
    /** @description `GET /api/overhead`. */
    readonly OverheadView: {
      /**
       * Format: uint64
       * @description Number of concurrent spins where throughput is measured.
       */
      readonly concurrency: number;
      /**
       * Format: uint64
       * @description Number of blocks that have ended.
       */
      readonly done: number;
      /** @description Why the last measurement failed; `null` where it did not. */
      readonly failed: string | null;
      readonly result: components['schemas']['OverheadResult'] | null;
      /** @description Whether a measurement runs. */
      readonly running: boolean;
      /**
       * Format: float
       * @description Sample rate of the side with telemetry in the last measurement, 0 to 1.
       */
      readonly sample_rate: number;
      /**
       * Format: uint64
       * @description Number of spins of each side one after another; twice as many follow concurrently.
       */
      readonly spins: number;
      /**
       * Format: uint64
       * @description Number of blocks in total.
       */
      readonly total: number;
    };
    /**
     * @description A page of the window, or a part of one.
     * @enum {string}
     */
    readonly Page:
      | 'machine'
      | 'traces'
      | 'trace'
      | 'compare'
      | 'issues'
      | 'issue'
      | 'map'
      | 'impact'
      | 'money'
      | 'releases'
      | 'daily_report'
      | 'delivery'
      | 'settings'
      | 'overhead'
      | 'calculator'
      | 'questions';
    /** @description The settings of the page's own SDK. */
    readonly PageSettings: {
      /** @description DSN of the built-in collector. */
      readonly dsn: string;
      /** @description Environment of the stack. */
      readonly environment: string;
      /** @description Release of the stack. */
      readonly release: string;
      /**
       * Format: float
       * @description Share of traces that are recorded, 0 to 1.
       */
      readonly traces_sample_rate: number;
    };
    /** @description The probability accounting report of the game, exact over the full cycle. */
    readonly ParSheet: {
      /** @description What each symbol and count adds. */
      readonly contributions: readonly components['schemas']['Contribution'][];
      /** @description Number of stop combinations, all equally likely. */
      readonly cycle: string;
      /** @description The same, exact. */
      readonly hit_frequency: components['schemas']['Fraction'];
      /**
       * Format: double
       * @description Share of rounds that pay anything, in per cent.
       */
      readonly hit_frequency_percent: number;
      /**
       * Format: double
       * @description Largest payout of one round as a multiple of its stake.
       */
      readonly max_payout: number;
      /** @description How many combinations of the cycle pay the largest payout. */
      readonly max_payout_combinations: string;
      /** @description Return to player, exact, as a part of 1. */
      readonly rtp: components['schemas']['Fraction'];
      /**
       * Format: double
       * @description Return to player in per cent.
       */
      readonly rtp_percent: number;
      /** @description How much a round varies. */
      readonly volatility: components['schemas']['Volatility'];
    };
    /** @description What the critical path of a trace owes to one service or peer. */
    readonly PathShare: {
      /** @description A service, or the peer of a call that nobody answered in this trace. */
      readonly actor: string;
      /**
       * Format: int64
       * @description Its time on the critical path, in microseconds.
       */
      readonly time_us: Micros;
    };
    /** @description How many of a symbol pay how much. */
    readonly Pay: {
      /**
       * Format: uint8
       * @description This many of a kind.
       */
      readonly count: number;
      /**
       * Format: int64
       * @description Multiple of the stake per line, or of the whole stake for the scatter.
       */
      readonly pays: number;
    };
    /** @description Everything an auditor needs to compute the game again. */
    readonly Paytable: {
      /** @description Name of the game. */
      readonly game: string;
      /** @description The exact figures. */
      readonly par_sheet: components['schemas']['ParSheet'];
      /** @description Row index (0 on top) by reel, for each payline. */
      readonly paylines: readonly (readonly number[])[];
      /** @description Symbols of each reel strip in order. */
      readonly reel_strips: readonly (readonly components['schemas']['SymbolName'][])[];
      /**
       * Format: uint8
       * @description Number of reels.
       */
      readonly reels: number;
      /**
       * Format: uint8
       * @description Visible rows.
       */
      readonly rows: number;
      /** @description Stakes the machine offers. */
      readonly stakes: readonly components['schemas']['Money'][];
      /** @description Symbols with their pays. */
      readonly symbols: readonly components['schemas']['SymbolPays'][];
    };
    /** @description A player with the balance of the moment. */
    readonly Player: {
      /** @description The code a person types, such as `RS-000001`. */
      readonly account_code: string;
      /** @description Money that can be staked. */
      readonly balance: components['schemas']['Money'];
      /** @description ISO 4217 code of the account's currency. */
      readonly currency: string;
      /** @description Synthetic name. */
      readonly display_name: string;
      /** @description Limits of one bet. */
      readonly limits: components['schemas']['Limits'];
      /** @description Id used between services; not for people. */
      readonly player_id: string;
      /** @description Stakes of rounds that are not settled yet. */
      readonly reserved: components['schemas']['Money'];
    };
    /** @description `GET /api/v1/presentation`. */
    readonly Presentation: {
      /** @description The script in the language that was asked for, or the own one. */
      readonly script: components['schemas']['Script'];
      /** @description Where the presentation stands. */
      readonly state: components['schemas']['PresentationState'];
    };
    /**
     * @description Where a presentation stands. The event `presentation` of `GET /api/telemetry/events` says that anything but a time has
     *     changed.
     */
    readonly PresentationState: {
      /**
       * Format: uint64
       * @description Time since the start while it was given.
       */
      readonly elapsed_ms: number;
      /**
       * Format: uint32
       * @description Index of the present line of what the step says.
       */
      readonly line: number;
      /** @description Whether the script is one of the presenter's own. */
      readonly own_script: boolean;
      /**
       * Format: uint64
       * @description Planned time of all steps.
       */
      readonly planned_ms: number;
      /** @description In the order of the script. */
      readonly questions: readonly components['schemas']['QuestionState'][];
      /**
       * Format: uint64
       * @description Grows with every change, from start to start of the program too.
       */
      readonly revision: number;
      /** @description Whether it is given. */
      readonly status: components['schemas']['PresentationStatus'];
      /** @description Id of the present step; of the first before the start, and of the last after the end. */
      readonly step: string;
      /** @description In the order of the script. */
      readonly steps: readonly components['schemas']['StepState'][];
    };
    /**
     * @description Whether a presentation is given.
     * @enum {string}
     */
    readonly PresentationStatus: 'idle' | 'under_way' | 'ended';
    /** @description What a problem cost in the recorded spins that had it. */
    readonly ProblemCost: {
      /** @description Sum of the stakes of spins that it made fail. */
      readonly failed_stakes: components['schemas']['Money'];
      /** @description The problem. */
      readonly problem: components['schemas']['FaultId'];
      /**
       * Format: uint64
       * @description Number of these spins.
       */
      readonly spins: number;
      /**
       * Format: int64
       * @description Time that players waited for what it slows down, on the critical paths of these spins; of a problem that makes
       *     spins fail, the time of those that failed.
       */
      readonly waited_us: Micros;
    };
    /** @description `GET /api/faults/costs`. */
    readonly ProblemCosts: {
      /** @description In the order of the story. */
      readonly costs: readonly components['schemas']['ProblemCost'][];
      /**
       * Format: int64
       * @description Start of the spins that count; see [`ProblemFigures::since`].
       */
      readonly since: number;
    };
    /** @description `GET /api/faults/figures`. */
    readonly ProblemFigures: {
      /**
       * Format: uint64
       * @description Number of spins that do not count, because a fault beside the story was on.
       */
      readonly left_out: number;
      readonly now: components['schemas']['Figures'] | null;
      /** @description One pair for each problem, and one for all of them. */
      readonly pairs: readonly components['schemas']['BeforeAfter'][];
      /**
       * Format: int64
       * @description Start of the spins that count: the start of this session, the last reset, or the oldest spin that is
       *     remembered.
       */
      readonly since: number;
      /**
       * Format: uint64
       * @description Number of the counted spins that virtual players made.
       */
      readonly virtual_spins: number;
    };
    /** @description A state of a fault. */
    readonly ProblemStands: {
      /** @description Which fault. */
      readonly id: components['schemas']['FaultId'];
      /** @description Its state. */
      readonly is: components['schemas']['FaultState'];
    };
    /** @description A question with its answer. */
    readonly Question: {
      /** @description In a few sentences. */
      readonly answer: string;
      /** @description Figures that the answer states and the demo measures. */
      readonly claims?: readonly components['schemas']['Claim'][];
      /** @description Unique among the questions: lower-case letters, digits and hyphens. */
      readonly id: string;
      /** @description As listeners ask it. */
      readonly question: string;
      /** @description What shows it live. */
      readonly show?: components['schemas']['Button'];
      /** @description Where the answer comes from. */
      readonly source: string;
    };
    /** @description Where a question stands. */
    readonly QuestionState: {
      /** @description In the order of `claims`. */
      readonly claims: readonly components['schemas']['ClaimState'][];
      /** @description Id of the question. */
      readonly id: string;
      /** @description Whether it was opened since the start. */
      readonly opened: boolean;
    };
    /** @description A range; both ends are in it, and one may be absent. */
    readonly Range: {
      /**
       * Format: double
       * @description Its lower end.
       */
      readonly from?: number;
      /**
       * Format: double
       * @description Its upper end.
       */
      readonly to?: number;
    };
    /** @description A request that a door refused. */
    readonly Refusal: {
      /**
       * Format: int64
       * @description When.
       */
      readonly at: number;
      /** @description What the sender calls itself, such as `sentry.python/2.75.0`, at most 100 bytes. */
      readonly client?: string;
      /** @description Stable code of the problem that it was answered with. */
      readonly code: string;
      /** @description The sentence of that problem, at most 400 bytes. It quotes nothing of what was sent. */
      readonly detail: string;
      /** @description What was to blame. */
      readonly field?: string;
    };
    /** @description What is wrong with a formula that was refused: an `ApiProblem`, and the mistake. */
    readonly RefusedFormula: components['schemas']['ApiProblem'] & {
      /** @description The first mistake of the formula, of which nothing is used; absent where the body is no formula at all. */
      readonly mistake?: components['schemas']['FormulaMistake'];
    };
    /** @description What is wrong with a script that was refused: an `ApiProblem`, and every mistake. */
    readonly RefusedScript: components['schemas']['ApiProblem'] & {
      /** @description All mistakes, in the order of their places; nothing of the script is used. */
      readonly mistakes: readonly components['schemas']['ScriptMistake'][];
    };
    /** @description A figure of a release that exceeds chance. */
    readonly Regression: {
      /**
       * Format: double
       * @description The value to compare with: that of the release before, or for `rtp` the exact one of the PAR sheet.
       *     Milliseconds or percent.
       */
      readonly expected: number;
      /** @description Which figure. */
      readonly figure: components['schemas']['ComparedFigure'];
      /**
       * Format: double
       * @description The measured value. Milliseconds or percent.
       */
      readonly measured: number;
      /** @description The service that its traces point at. */
      readonly service: string;
      /**
       * Format: double
       * @description Difference of the two in standard errors; chance alone exceeds 3.29 once in a thousand times.
       */
      readonly standard_errors: number;
      /** @description The change of this release in that service; absent without one. */
      readonly suspect: string | null;
    };
    /** @description Figures of one release. */
    readonly ReleaseFigures: {
      /**
       * @description Changes of the release: stable names, such as `slow-rng` or `wrong-paytable`, with `-fixed` where it removes
       *     one.
       */
      readonly changes: readonly string[];
      /** @description Figures of its spins. */
      readonly figures: components['schemas']['Figures'];
      /** @description Figures that exceed chance. */
      readonly regressions: readonly components['schemas']['Regression'][];
      /** @description Version, as in envelopes. */
      readonly release: string;
      /**
       * Format: double
       * @description Half the width of the band that contains the observed RTP 95 times in 100, in percent.
       */
      readonly rtp_band_percent: number | null;
      /**
       * Format: double
       * @description The observed RTP in percent; absent without stakes.
       */
      readonly rtp_percent: number | null;
    };
    /** @description A release of the demo and the faults it has. */
    readonly ReleaseView: {
      /** @description Faults that are on in it. */
      readonly faults: readonly components['schemas']['FaultId'][];
      /** @description Version, as in every envelope. */
      readonly version: string;
    };
    /** @description `GET /api/faults/releases`. */
    readonly Releases: {
      /**
       * Format: double
       * @description The exact RTP of the game, in percent.
       */
      readonly exact_rtp_percent: number;
      /**
       * Format: uint64
       * @description Number of spins that do not count, because a fault was on that the release does not have, or because a
       *     problem was switched by hand.
       */
      readonly left_out: number;
      /** @description In the order of their first spins. */
      readonly releases: readonly components['schemas']['ReleaseFigures'][];
      /**
       * Format: int64
       * @description Start of the spins that count; see [`ProblemFigures::since`].
       */
      readonly since: number;
      /**
       * Format: uint64
       * @description Number of the counted spins that virtual players made.
       */
      readonly virtual_spins: number;
    };
    /** @description A claim of the script beside what was measured. */
    readonly ReportedClaim: {
      /** @description The range that bears it out, which may be wider or open. */
      readonly holds: components['schemas']['Range'];
      /** @description Name of the figure. */
      readonly label: string;
      /** @description What was measured. */
      readonly state: components['schemas']['ClaimState'];
      /** @description What the script says. */
      readonly stated: components['schemas']['Range'];
    };
    /** @description An issue with the stack of its newest event. */
    readonly ReportedIssue: {
      /** @description The innermost frames of the application's own code, else of all code. */
      readonly frames: readonly components['schemas']['Frame'][];
      /** @description The issue. */
      readonly issue: components['schemas']['IssueSummary'];
    };
    /**
     * @description How often a request ends in an issue: `failed` of `requests`, which are never fewer. Both are counted over all that is
     *     kept. Errors are not sampled; where transactions are, each counts for as many as the sample rate of its trace says.
     */
    readonly RequestShare: {
      /** @description Whether `requests` is an estimate, since not all of them were recorded. */
      readonly estimated: boolean;
      /**
       * Format: uint64
       * @description Traces with an event of the issue in such a transaction, and events of no trace.
       */
      readonly failed: number;
      /**
       * Format: uint64
       * @description Such transactions.
       */
      readonly requests: number;
      /** @description The service that answers it. */
      readonly service: string;
      /** @description Name of its transaction. */
      readonly transaction: string;
    };
    /** @description `POST /delivery/retry`: brings dead letters back. */
    readonly RetryDead: {
      /**
       * Format: uint64
       * @description One envelope; all of them when absent.
       */
      readonly seq?: number | null;
    };
    /** @description `GET /api/v1/rounds/{round_id}`: what became of a round. */
    readonly RoundStanding: {
      /** @description Money that can be staked now. */
      readonly balance: components['schemas']['Money'];
      readonly round: components['schemas']['RoundSummary'] | null;
      /** @description Where its stake stands. */
      readonly stake_status: components['schemas']['StakeStatus'];
    };
    /** @description One of the player's last rounds. */
    readonly RoundSummary: {
      /** @description Symbols by reel, top row first. */
      readonly board?: readonly (readonly components['schemas']['SymbolName'][])[];
      /** @description RFC 3339. */
      readonly created_at: string;
      /** @description ISO 4217 code. */
      readonly currency: string;
      /** @description What was paid; absent until known, and on a voided round. */
      readonly payout?: components['schemas']['Money'];
      /**
       * Format: uuid
       * @description The round.
       */
      readonly round_id: string;
      /**
       * Format: uuid
       * @description The round whose seed was drawn from again.
       */
      readonly same_seed_as?: string;
      /** @description Seed of the draw; absent when the round was never drawn. */
      readonly seed?: string;
      /** @description RFC 3339. */
      readonly settled_at?: string;
      /** @description The stake. */
      readonly stake: components['schemas']['Money'];
      /** @description Where the bet stands. */
      readonly status: components['schemas']['BetStatus'];
      /** @description Where each reel stopped. */
      readonly stops?: readonly number[];
    };
    /** @description `GET /api/v1/rounds`. */
    readonly Rounds: {
      /** @description Newest first. */
      readonly rounds: readonly components['schemas']['RoundSummary'][];
    };
    /** @description What comes of a formula in each scenario; absent where it cannot be computed. */
    readonly ScenarioResults: {
      /**
       * Format: double
       * @description What is expected.
       */
      readonly expected: number | null;
      /**
       * Format: double
       * @description When much comes of it.
       */
      readonly optimistic: number | null;
      /**
       * Format: double
       * @description When little comes of it.
       */
      readonly pessimistic: number | null;
    };
    /** @description A value for each scenario. */
    readonly ScenarioValues: {
      /**
       * Format: double
       * @description What is expected.
       */
      readonly expected: number;
      /**
       * Format: double
       * @description When much comes of it.
       */
      readonly optimistic: number;
      /**
       * Format: double
       * @description When little comes of it.
       */
      readonly pessimistic: number;
    };
    /** @description A script of a presentation. */
    readonly Script: {
      /** @description For whom it is. */
      readonly customer?: components['schemas']['Customer'];
      /** @description Language of all its texts. */
      readonly language: components['schemas']['ScriptLanguage'];
      /** @description What listeners ask. */
      readonly questions?: readonly components['schemas']['Question'][];
      /** @description In the order of the presentation; at least one. */
      readonly steps: readonly components['schemas']['Step'][];
      /** @description Title of the presentation. */
      readonly title: string;
    };
    /**
     * @description Language of what the server writes: scripts and reports.
     * @enum {string}
     */
    readonly ScriptLanguage: 'en' | 'ru';
    /** @description A mistake in a script. */
    readonly ScriptMistake: {
      /** @description Its column in characters, from 1. */
      readonly column: number;
      /** @description Its line, from 1. */
      readonly line: number;
      /** @description What is wrong there, as a sentence. */
      readonly sentence: string;
    };
    /** @description Progress of writing the synthetic players. */
    readonly Seeding: {
      /**
       * Format: uint64
       * @description Players written so far.
       */
      readonly done: number;
      /**
       * Format: uint64
       * @description Players there will be.
       */
      readonly total: number;
    };
    /** @description `POST /api/v1/presentation/seen`: what a person looks at. */
    readonly Seen:
      | {
          /** @description A page. */
          readonly page: components['schemas']['Page'];
        }
      | {
          /** @description A trace, by its id of 32 hexadecimal digits. */
          readonly trace: string;
        }
      | {
          /** @description Two traces of the same round, side by side. */
          readonly compared: components['schemas']['ComparedTraces'];
        }
      | {
          /** @description An issue, by its id. */
          readonly issue: string;
        }
      | {
          /** @description A question, by its id. */
          readonly question: string;
        };
    /** @description `GET /map`: who calls whom, from the newest traces. */
    readonly ServiceMap: {
      /** @description By ids. */
      readonly edges: readonly components['schemas']['MapEdge'][];
      /**
       * @description Whether those traces are not all of the minute before the answer, because they are the newest of many, or because
       *     not all are recorded. Each of them then stands for as many as there are in that minute for each of them, and as the
       *     sample rate of its trace says.
       */
      readonly estimated: boolean;
      /**
       * Format: int64
       * @description Start of the oldest of them; 0 when there is none.
       */
      readonly from_us: Micros;
      /** @description Whether everything in the log has been read since the start. */
      readonly indexed: boolean;
      /**
       * Format: uint64
       * @description Things that are not told since they are called least, with the edges to and from them; 0 where all are told.
       */
      readonly left_out: number;
      /** @description By id. */
      readonly nodes: readonly components['schemas']['MapNode'][];
      /**
       * Format: uint64
       * @description Those among them that have a critical path: their root is there.
       */
      readonly path_traces: number;
      /**
       * Format: int64
       * @description Length of all critical paths together, in microseconds. Nodes that are left out have a part in it.
       */
      readonly path_us: Micros;
      /**
       * Format: uint64
       * @description Traces that were looked at.
       */
      readonly traces: number;
    };
    /** @description What one service did in a trace. */
    readonly ServiceShare: {
      /**
       * Format: uint32
       * @description Errors it recorded.
       */
      readonly errors: number;
      /**
       * Format: uint32
       * @description Of them, those that it answered with a 5xx.
       */
      readonly failed_requests: number;
      /**
       * Format: int64
       * @description Microseconds of its transactions, less those in which it waited for an outgoing HTTP request.
       */
      readonly own_us: Micros;
      /**
       * Format: uint32
       * @description Requests it answered: its transactions of operation `http.server`.
       */
      readonly requests: number;
      /** @description The service. */
      readonly service: string;
      /**
       * Format: uint32
       * @description Transactions it recorded.
       */
      readonly transactions: number;
      /**
       * Format: int64
       * @description Microseconds of its transactions in which it waited for an outgoing HTTP request.
       */
      readonly waiting_us: Micros;
    };
    /** @description A share of the critical path. */
    readonly ServiceShareAtLeast: {
      /**
       * Format: double
       * @description Its least share, in percent.
       */
      readonly percent: number;
      /** @description The service, or the external service that ours wait for, such as `payment-provider`. */
      readonly service: string;
    };
    /** @description A damaged database that was set aside. */
    readonly SetAside: {
      /** @description Time of setting it aside, RFC 3339. */
      readonly at: string;
      /** @description `database_set_aside`. */
      readonly code: string;
      /** @description `players`, `rounds`, `wallets` or `telemetry`. */
      readonly database: string;
      /** @description Name of the directory. */
      readonly id: string;
      /** @description Path of the directory. */
      readonly path: string;
    };
    /** @description `PUT /api/traffic`. */
    readonly SetTraffic: {
      /**
       * Format: uint32
       * @description Budget of CPU in percent of all cores, 10 to 100; `null` for none.
       */
      readonly budget_percent?: number | null;
      /**
       * Format: uint32
       * @description Number of virtual players, 1 to 200.
       */
      readonly players: number;
      /** @description Whether virtual players should spin. */
      readonly running: boolean;
    };
    /** @description A change of settings: absent fields keep their values, `null` removes a value. */
    readonly SettingsChange: {
      /**
       * @description DSN of services without one of their own.
       * @default null
       */
      readonly dsn?: string | null;
      /**
       * @description DSN by service.
       * @default {}
       */
      readonly dsn_by_service?: {
        readonly [key: string]: string | null;
      };
      /**
       * @description Environment of the stack.
       * @default null
       */
      readonly environment?: string | null;
      /**
       * @description Sentry's organisation slug, for links.
       * @default null
       */
      readonly organization?: string | null;
      /**
       * @description Release of the stack.
       * @default null
       */
      readonly release?: string | null;
      /**
       * @description Whether secrets and personal data are removed from envelopes before they are kept.
       * @default null
       */
      readonly scrubbing?: boolean | null;
      /**
       * @description Whether envelopes are sent; while not, they are held.
       * @default null
       */
      readonly sending?: boolean | null;
      /**
       * Format: float
       * @description Share of traces that are recorded, 0 to 1.
       * @default null
       */
      readonly traces_sample_rate?: number | null;
    };
    /** @description The settings without keys. */
    readonly ShownSettings: {
      /** @description DSN of the built-in collector, for other services. Its key is valid for this machine's collector only. */
      readonly collector_dsn: string;
      /** @description Masked; `null` without a DSN. */
      readonly dsn: string | null;
      /** @description Masked, by service. */
      readonly dsn_by_service: {
        readonly [key: string]: string;
      };
      /** @description Environment of the stack. */
      readonly environment: string;
      /** @description Whether changes are stored in a file. */
      readonly kept: boolean;
      /** @description Sentry's organisation slug, for links; `null` where none is set. */
      readonly organization: string | null;
      /** @description Release of the stack. */
      readonly release: string;
      /** @description Whether secrets and personal data are removed from envelopes before they are kept. */
      readonly scrubbing: boolean;
      /** @description Whether envelopes are sent; while not, they are held. */
      readonly sending: boolean;
      /**
       * Format: float
       * @description Share of traces that are recorded, 0 to 1.
       */
      readonly traces_sample_rate: number;
    };
    /**
     * @description How long the part that a problem slows down takes on the critical path of a spin, before and after the fix. What the
     *     player does not wait for takes no time there.
     */
    readonly SlowedTime: {
      /** @description The service or peer that the problem slows down. */
      readonly actor: string;
      /**
       * Format: double
       * @description 95th percentile after the fix, in milliseconds.
       */
      readonly after_p95_ms: number;
      /**
       * Format: double
       * @description 95th percentile before the fix, in milliseconds; nearest rank.
       */
      readonly before_p95_ms: number;
    };
    /** @description A span, or a transaction, which is the first span of a service. */
    readonly Span: {
      /** @description Data (attributes) as recorded. */
      readonly data: {
        readonly [key: string]: unknown;
      };
      /** @description Description of a span, name of a transaction. */
      readonly description: string;
      /**
       * Format: int64
       * @description End; where the oddities say `missing_end` the start: how long it took is not known.
       */
      readonly end_us: Micros;
      /** @description Environment; absent as the release is. */
      readonly environment?: string;
      /** @description Measurements of a transaction. */
      readonly measurements: {
        readonly [key: string]: components['schemas']['Measurement'];
      };
      /** @description What is odd about it, such as `missing_end`, `clock_skew` or `clock_corrected`. */
      readonly oddities?: readonly string[];
      /** @description Operation, such as `http.server`. */
      readonly op: string;
      /** @description The span above it. */
      readonly parent_span_id?: string;
      /** @description `user.id`, its own or that of its transaction. */
      readonly player?: string;
      /** @description Release; absent for a span within a transaction, which names it. */
      readonly release?: string;
      /**
       * @description What a transaction says of the program that recorded it: its contexts by name, `server_name`, `dist`, `platform` and
       *     `sdk`. Empty for a span within a transaction, which says it.
       */
      readonly resource?: {
        readonly [key: string]: unknown;
      };
      /**
       * Format: uint64
       * @description The envelope that brought it.
       */
      readonly seq: number;
      /** @description Which service recorded it. */
      readonly service: string;
      /** @description Id of the span. */
      readonly span_id: string;
      /**
       * Format: int64
       * @description Start; where the oddities say `missing_start` the end, where they say `missing_time` the time of receipt.
       */
      readonly start_us: Micros;
      /** @description Sentry's status, `ok` where there is none. */
      readonly status: string;
      /** @description Tags. */
      readonly tags: {
        readonly [key: string]: string;
      };
      /** @description Whether it is a transaction. */
      readonly transaction: boolean;
      /** @description Everything a transaction says of its user. */
      readonly user?: {
        readonly [key: string]: unknown;
      };
    };
    /** @description A span with the named properties; without any every span has them. */
    readonly SpanShown: {
      /**
       * Format: double
       * @description Its least duration, in milliseconds.
       */
      readonly at_least_ms?: number;
      /** @description An attribute that it has. */
      readonly attribute?: string;
      /** @description Its description. */
      readonly description?: string;
      /** @description The value of that attribute. */
      readonly equals?: unknown;
      /** @description Its operation. */
      readonly op?: string;
      /** @description Its service. */
      readonly service?: string;
    };
    /** @description `POST /api/v1/spins`, with the header `Idempotency-Key`. */
    readonly Spin: {
      /**
       * Format: uuid
       * @description A round of the same player with the same stake whose seed is drawn from again, so that two traces of one board
       *     can be compared. It is a bet like any other and no part of the observed RTP. Real machines offer no such thing.
       */
      readonly same_seed_as?: string | null;
      /** @description The stake of the whole round in minor units. */
      readonly stake: components['schemas']['Money'];
    };
    /** @description The money of spins. */
    readonly SpinMoney: {
      /**
       * Format: double
       * @description The exact RTP of the game, in percent.
       */
      readonly exact_rtp_percent: number;
      /** @description Sum of the stakes of spins that failed. */
      readonly failed_stakes: components['schemas']['Money'];
      /** @description Sum of the payouts. */
      readonly paid_out: components['schemas']['Money'];
      /**
       * Format: double
       * @description Half the width of the band that contains the observed RTP 95 times in 100, in percent.
       */
      readonly rtp_band_percent: number | null;
      /**
       * Format: double
       * @description The observed RTP in percent; absent without stakes.
       */
      readonly rtp_percent: number | null;
      /**
       * Format: uint64
       * @description Number of recorded spins.
       */
      readonly spins: number;
      /** @description Sum of the stakes. */
      readonly staked: components['schemas']['Money'];
    };
    /** @description A spin that was played. */
    readonly SpinResult: {
      /** @description Money that can be staked now. */
      readonly balance: components['schemas']['Money'];
      /** @description Symbols by reel, top row first. */
      readonly board: readonly (readonly components['schemas']['SymbolName'][])[];
      /** @description ISO 4217 code. */
      readonly currency: string;
      /** @description Sum of all wins. */
      readonly payout: components['schemas']['Money'];
      /** @description The key was seen before: this is the round it made then. */
      readonly replayed: boolean;
      /**
       * Format: uuid
       * @description The round.
       */
      readonly round_id: string;
      /**
       * Format: uuid
       * @description The round whose seed was drawn from again.
       */
      readonly same_seed_as?: string;
      /** @description 64-bit seed of the draw, 16 hex digits. */
      readonly seed: string;
      /** @description The stake. */
      readonly stake: components['schemas']['Money'];
      /**
       * @description Where its bet stands: `posted`; or `pending` when the payment provider is asked after the answer. A pending
       *     round's payout is what it will pay, and not in the balance yet; `GET /api/v1/rounds` shows when it is posted,
       *     or that the stake was returned.
       */
      readonly status: components['schemas']['BetStatus'];
      /** @description Where each reel stopped: index of the strip's symbol in the top row. */
      readonly stops: readonly number[];
      /** @description What won. */
      readonly wins: readonly components['schemas']['Win'][];
    };
    /** @description A place on the screen. */
    readonly Spot:
      | 'spin'
      | 'reels'
      | 'result'
      | 'spin_bar'
      | 'services'
      | 'recent_spins'
      | 'heat_strip'
      | 'culprit'
      | 'newest_trace'
      | 'waterfall'
      | {
          /** @description The first row of the trace with this service and operation. */
          readonly trace_row: components['schemas']['TraceRow'];
        }
      | 'measurements'
      | {
          /** @description The card of a problem. */
          readonly problem: components['schemas']['FaultId'];
        }
      | 'release_dial'
      | 'next_step'
      | 'newest_issue'
      | 'stack'
      | 'player'
      | 'issue_trace'
      | 'frequency'
      | 'money'
      | 'rtp'
      | 'before_after'
      | 'comparison'
      | 'map'
      | 'daily_report'
      | 'release_figures'
      | 'traffic'
      | 'overhead'
      | 'assumptions'
      | 'calculator'
      | 'envelopes'
      | 'dsn'
      | 'sample_rate'
      | 'questions';
    /** @description `GET /api/v1/health`. */
    readonly StackHealth: {
      /** @description Name of the file that is looked at; absent where the stack itself runs. */
      readonly recording?: string;
      /** @description Release of this stack. */
      readonly release: string;
      /** @description Progress of writing the synthetic players; absent while the user service cannot be asked. */
      readonly seeding?: components['schemas']['Seeding'];
      /** @description `ok` or a word on what is missing, by service. */
      readonly services: {
        readonly [key: string]: string;
      };
      /** @description `ok` when every service is, else `degraded`. */
      readonly status: components['schemas']['StackStatus'];
    };
    /**
     * @description Whether everything works.
     * @enum {string}
     */
    readonly StackStatus: 'ok' | 'degraded';
    /**
     * @description Where the stake of a round stands. The payment service is the only one that knows, and so the only one that says
     *     anything but [`StakeStatus::Unknown`].
     * @enum {string}
     */
    readonly StakeStatus: 'untouched' | 'reserved' | 'returned' | 'pending' | 'paid' | 'unknown';
    /** @description `POST /api/v1/presentation/start`. */
    readonly StartPresentation: {
      /** @description Whether the demo is brought to its start first, as `POST /api/faults/reset` does. */
      readonly reset_demo: boolean;
    };
    /** @description One beat of the presentation. */
    readonly Step: {
      /** @description What is pressed, in this order. */
      readonly actions?: readonly components['schemas']['Button'][];
      /** @description Figures that the step states and no demo can measure. */
      readonly assumptions?: readonly components['schemas']['Assumption'][];
      /** @description Figures that the step states and the demo measures. */
      readonly claims?: readonly components['schemas']['Claim'][];
      /** @description When the step is fulfilled: all of these. */
      readonly done_when?: readonly components['schemas']['StepCondition'][];
      /** @description Unique in the script: lower-case letters, digits and hyphens. */
      readonly id: string;
      /**
       * Format: double
       * @description Planned minutes, above 0 and at most 60.
       */
      readonly minutes: number;
      /** @description What only the presenter reads, in paragraphs. */
      readonly notes?: readonly string[];
      /** @description The page on which the step is shown; absent where any will do. */
      readonly page?: components['schemas']['Page'];
      /** @description What is said, in lines, each with the place that it is about. */
      readonly say?: readonly components['schemas']['Line'][];
      /** @description Title. */
      readonly title: string;
    };
    /**
     * @description A condition over what really happened since its step began. Once fulfilled it stays so until the presentation is
     *     started again.
     */
    readonly StepCondition:
      | {
          /**
           * Format: uint32
           * @description A person made at least so many spins, 1 to 100.
           */
          readonly spins: number;
        }
      | {
          /**
           * Format: uint32
           * @description At least so many spins of a person failed, 1 to 100.
           */
          readonly failures: number;
        }
      | {
          /** @description A trace was opened that has such a span. */
          readonly trace_opened: components['schemas']['SpanShown'];
        }
      | {
          /** @description A service has at least this share of the critical path of the newest spin. */
          readonly share: components['schemas']['ServiceShareAtLeast'];
        }
      | {
          /** @description A trace has shown the problem since it was switched on. */
          readonly observed: components['schemas']['FaultId'];
        }
      | {
          /** @description A fault is in this state. */
          readonly problem: components['schemas']['ProblemStands'];
        }
      | {
          /** @description A fix brought what it is for, by spins before and after. */
          readonly fix_helped: components['schemas']['FaultId'];
        }
      | {
          /** @description This release is in force. */
          readonly release: string;
        }
      | {
          /** @description Virtual players spin, or do not. */
          readonly traffic: boolean;
        }
      | 'overhead_measured'
      | 'same_round_compared'
      | 'issue_opened'
      | {
          /** @description A page was looked at. */
          readonly page_seen: components['schemas']['Page'];
        }
      | {
          /**
           * Format: uint32
           * @description At least so many questions were opened, 1 to 100.
           */
          readonly questions_opened: number;
        };
    /** @description Where a step stands. */
    readonly StepState: {
      /** @description In the order of `claims`. */
      readonly claims: readonly components['schemas']['ClaimState'][];
      /** @description In the order of `done_when`. */
      readonly conditions: readonly components['schemas']['ConditionState'][];
      /** @description Whether all of its conditions are fulfilled; false for one that has none and was not left yet. */
      readonly done: boolean;
      /**
       * Format: uint64
       * @description Time that was spent on it.
       */
      readonly elapsed_ms: number;
      /** @description What the fixes of this step brought. */
      readonly fixes: readonly components['schemas']['FixState'][];
      /** @description Id of the step. */
      readonly id: string;
      /**
       * Format: uint64
       * @description Planned time.
       */
      readonly planned_ms: number;
    };
    /** @description `PUT /api/faults/{id}`. */
    readonly SwitchFault: {
      /**
       * Format: uint16
       * @description With `on`, seconds until it goes back by itself to the state that it had; 1 to 600.
       */
      readonly for_seconds?: number | null;
      /** @description The wanted state. */
      readonly state: components['schemas']['FaultState'];
    };
    /** @description A change of a fault that is under way. */
    readonly Switching: {
      /**
       * Format: uint64
       * @description Documents that are processed, as far as that is known.
       */
      readonly done: number;
      /** @description The target state. */
      readonly to: components['schemas']['FaultState'];
      /**
       * Format: uint64
       * @description Documents in total; 0 when that is unknown.
       */
      readonly total: number;
    };
    /**
     * @description What a symbol is to the rules.
     * @enum {string}
     */
    readonly SymbolKind: 'wild' | 'scatter' | 'regular';
    /**
     * @description A symbol by its stable name.
     * @enum {string}
     */
    readonly SymbolName: 'wild' | 'scatter' | 'seven' | 'gem' | 'bell' | 'bar' | 'star' | 'cherry';
    /** @description A symbol and what it pays. */
    readonly SymbolPays: {
      /** @description What it is to the rules. */
      readonly kind: components['schemas']['SymbolKind'];
      /** @description Pays by count. */
      readonly pays: readonly components['schemas']['Pay'][];
      /** @description Name of the symbol. */
      readonly symbol: components['schemas']['SymbolName'];
    };
    /** @description What a listener takes away. */
    readonly TakeAway: {
      readonly after: components['schemas']['Waterfall'] | null;
      /**
       * Format: int64
       * @description When it was made.
       */
      readonly at: number;
      readonly before: components['schemas']['Waterfall'] | null;
      /** @description The calculator: which of its values are measured and which assumed, and what comes of them. */
      readonly calculator: components['schemas']['Calculation'];
      /** @description The claims of the script, each once. */
      readonly claims: readonly components['schemas']['ReportedClaim'][];
      readonly cost: components['schemas']['TelemetryCost'] | null;
      /** @description For whom it is. */
      readonly customer: components['schemas']['Customer'];
      /** @description What each fix brought, by the figure of its own problem. */
      readonly fixes: readonly components['schemas']['FixState'][];
      /** @description The words that it uses. */
      readonly glossary: readonly components['schemas']['Term'][];
      /** @description The newest issues. */
      readonly issues: readonly components['schemas']['ReportedIssue'][];
      /** @description Language of its texts. */
      readonly language: components['schemas']['ScriptLanguage'];
      /** @description The money of all spins. */
      readonly money: components['schemas']['SpinMoney'];
      /** @description Figures before and after each fix, and all of them. */
      readonly pairs: readonly components['schemas']['BeforeAfter'][];
      /** @description The questions that were opened, with their answers. */
      readonly questions: readonly components['schemas']['Question'][];
      /** @description Figures by release. */
      readonly releases: readonly components['schemas']['ReleaseFigures'][];
      /**
       * Format: uint64
       * @description Number of spins that count for no release, because of a fault that it does not have, or a problem that was switched
       *     by hand.
       */
      readonly releases_left_out: number;
      /** @description Title of the script. */
      readonly title: string;
    };
    /** @description What telemetry costs on this machine, as it was measured last. */
    readonly TelemetryCost: {
      /**
       * Format: int64
       * @description When it was measured.
       */
      readonly at: number;
      /**
       * Format: double
       * @description Bytes that are stored for a spin.
       */
      readonly bytes_per_spin: number;
      /**
       * Format: double
       * @description CPU time that it adds to a spin, in milliseconds; absent where the system does not report it.
       */
      readonly cpu_ms: number | null;
      /**
       * Format: double
       * @description Latency that it adds to the median spin, in milliseconds.
       */
      readonly p50_ms: number;
      /**
       * Format: uint64
       * @description Number of measured spins.
       */
      readonly spins: number;
    };
    /** @description A word with its meaning. */
    readonly Term: {
      /** @description What it means. */
      readonly meaning: string;
      /** @description The word. */
      readonly term: string;
    };
    /** @description `POST /delivery/test`. */
    readonly TestDelivery: {
      /** @description The DSN to try; the one in use when absent. */
      readonly dsn?: string | null;
    };
    /** @description What a test envelope met. */
    readonly TestOutcome: {
      /**
       * @description `ok`, `dsn_invalid`, `no_destination`, `dns`, `refused`, `tls`, `proxy`, `unauthorized`, `forbidden`,
       *     `not_found`, `rejected`, `too_large`, `rate_limited`, `timeout`, `server_error`, `not_sentry` or `network`.
       */
      readonly code: string;
      /** @description Masked DSN. */
      readonly destination?: string;
      /** @description One sentence. */
      readonly detail: string;
      /**
       * Format: uint64
       * @description Milliseconds it took.
       */
      readonly elapsed_ms: number;
      /** @description Whether Sentry took it. */
      readonly ok: boolean;
      /**
       * @description What the sentence names, so that it can be said in another language: `status` (of HTTP), `said` (by Sentry),
       *     `cause` (by the system); for `dsn_invalid` `reason`, which is one of `empty`, `not_a_url`, `scheme`, `no_key`,
       *     `odd_key`, `no_host`, `no_project`, `odd_project` and `trailing`.
       */
      readonly params?: {
        readonly [key: string]: string;
      };
    };
    /** @description `GET /traces/{id}`. */
    readonly TraceDetail: {
      /** @description The envelopes it was read from. */
      readonly envelopes: readonly number[];
      /** @description Errors, by time. */
      readonly errors: readonly components['schemas']['ErrorEvent'][];
      /** @description Log lines, by time. */
      readonly logs: readonly components['schemas']['LogLine'][];
      /** @description Metrics recorded in this trace, by time. */
      readonly metrics: readonly components['schemas']['MeasurementPoint'][];
      /** @description Transactions without a parent beside the root, by start. */
      readonly other_roots?: readonly components['schemas']['OtherRoot'][];
      /** @description All spans, by start. Ids may repeat and parents may be missing; the oddities say so. */
      readonly spans: readonly components['schemas']['Span'][];
      /** @description The same line as in the list. */
      readonly summary: components['schemas']['TraceSummary'];
    };
    /** @description A row of a trace by what it is. */
    readonly TraceRow: {
      /** @description The beginning of its description. */
      readonly description?: string;
      /** @description Its operation, as `db.query`; absent for the first row of the service. */
      readonly op?: string;
      /** @description Its service, as `user-service`. */
      readonly service: string;
    };
    /**
     * @description A trace in one line. All of its figures are those of one root: the earliest transaction without a parent; while there is
     *     none the earliest transaction, else the earliest span.
     */
    readonly TraceSummary: {
      /**
       * Format: int64
       * @description How long spans go on after the root ended; 0 while the root is not there, and where there are several: nobody knows
       *     then what is in the background of which.
       */
      readonly background_us: Micros;
      /**
       * @description Where the time of the root went: the shares of the critical path, the largest first, which sum to `root_us`. Empty
       *     while its root is not there, and for a trace of more than 1,000 spans.
       */
      readonly critical_path: readonly components['schemas']['PathShare'][];
      /** @description ISO 4217 code of its money, which the root's data name, or those of whichever span comes next to it. */
      readonly currency?: string;
      /**
       * @description Whether nobody knows how long it lasted: it has no spans, or its root lacks its start or its end. `root_us` is 0
       *     then.
       */
      readonly duration_unknown?: boolean;
      /**
       * Format: int64
       * @description From the earliest start to the latest end of the same.
       */
      readonly duration_us: Micros;
      /** @description Environment of the root. */
      readonly environment?: string;
      /**
       * Format: uint32
       * @description Errors: events of level `error` or `fatal`, and exceptions that nobody caught.
       */
      readonly errors: number;
      /** @description One entry for each peer outside of them, by name. */
      readonly external: readonly components['schemas']['ExternalShare'][];
      /** @description Faults that the tag `faults` names. */
      readonly faults: readonly string[];
      /**
       * Format: uint64
       * @description Number of the first envelope that told of it. In this order traces arrived, whatever the clock did meanwhile.
       */
      readonly first_envelope: number;
      /**
       * @description How many entries of the lists of this line are not told, by the list's name, counted up to 1,000. All of the lists
       *     together are bounded in bytes.
       */
      readonly left_out?: {
        readonly [key: string]: number;
      };
      /**
       * Format: uint32
       * @description Log lines.
       */
      readonly logs: number;
      /** @description Measurements of all transactions; the root's win. */
      readonly measurements: {
        readonly [key: string]: components['schemas']['Measurement'];
      };
      /**
       * Format: uint32
       * @description Events that are no errors: of level `warning`, `info` or `debug`.
       */
      readonly messages: number;
      /** @description Name of the root; of a trace without spans the transaction or the kind of its first error, else its first log line. */
      readonly name: string;
      /** @description What is odd about it, such as `missing_root` or `negative_duration`. */
      readonly oddities: readonly string[];
      /** @description Whether it ended well: no errors, and a status that is no failure. */
      readonly ok: boolean;
      /** @description Operation of the root. */
      readonly op: string;
      /** @description `user.id`, from whichever part of the trace has one. */
      readonly player?: string;
      /** @description Problems that the tag `problems` names. */
      readonly problems: readonly string[];
      /** @description Problems that the tag `problems.fixed` names: they are there, and are coped with. */
      readonly problems_fixed: readonly string[];
      /** @description Release of the root. */
      readonly release?: string;
      /** @description Span id of the root; absent where there are no spans. */
      readonly root_span_id?: string;
      /**
       * Format: int64
       * @description Length of the root: what whoever began the trace waited for. Work in the background may go on after it.
       */
      readonly root_us: Micros;
      /**
       * Format: double
       * @description Share of traces that its head records, above 0 and below 1; absent where that is all of them, or is not said.
       */
      readonly sample_rate?: number;
      /** @description Service of the root; of a trace without spans that of its first error, else of its first log line. */
      readonly service: string;
      /** @description One entry a service. */
      readonly services: readonly components['schemas']['ServiceShare'][];
      /**
       * Format: uint32
       * @description Spans, transactions included.
       */
      readonly spans: number;
      /**
       * @description Where the stake of its round stands, by the latest transaction that says so: `untouched`, `reserved`, `pending`,
       *     `returned`, `paid` or `unknown`.
       */
      readonly stake_status?: string;
      /**
       * Format: int64
       * @description Earliest start of any span that has a time of its own; where there is none, of any error or log line. Errors and log
       *     lines never move a trace that has spans.
       */
      readonly start_us: Micros;
      /** @description `ok`, or Sentry's status of the root; `error` when errors belong to the trace and the root's status is no failure. */
      readonly status: string;
      /** @description Id of the trace. */
      readonly trace_id: string;
      /**
       * Format: uint32
       * @description Transactions.
       */
      readonly transactions: number;
      /** @description Whether it was begun by traffic that is generated, as the tag `traffic` says. */
      readonly virtual_player: boolean;
    };
    /** @description `GET /traces`. */
    readonly Traces: {
      /** @description Whether everything in the log has been read since the start. */
      readonly indexed: boolean;
      /**
       * Format: uint64
       * @description Traces, on whichever page, that began in the minute before the answer.
       */
      readonly last_minute: number;
      /** @description Whether that is an estimate, since not all of them were recorded. */
      readonly last_minute_estimated: boolean;
      /** @description Ask with this for the next page; absent on the last. */
      readonly next?: string;
      /** @description Newest first. */
      readonly traces: readonly components['schemas']['TraceSummary'][];
    };
    /** @description `GET /api/traffic`: virtual players that spin in the background. */
    readonly Traffic: {
      /**
       * Format: uint32
       * @description Budget of CPU in percent of all cores; absent without a budget.
       */
      readonly budget_percent: number | null;
      /**
       * Format: double
       * @description Use of CPU by this process in percent of all cores; absent where the system does not report it.
       */
      readonly cpu_percent: number | null;
      /**
       * Format: uint64
       * @description Number of these spins that failed.
       */
      readonly failed: number;
      /**
       * Format: double
       * @description 95th percentile of the waiting time over the last seconds, in milliseconds; absent while no spin has ended.
       */
      readonly p95_ms: number | null;
      /**
       * Format: double
       * @description Spins per second over the last seconds.
       */
      readonly per_second: number;
      /**
       * Format: uint32
       * @description Number of virtual players.
       */
      readonly players: number;
      /** @description Whether virtual players spin. */
      readonly running: boolean;
      /**
       * Format: uint64
       * @description Number of spins since the start.
       */
      readonly spins: number;
      /** @description Whether the budget limits the players. */
      readonly throttled: boolean;
      /**
       * Format: double
       * @description Spins per second if nothing delayed the players and spins took no time.
       */
      readonly wanted_per_second: number;
    };
    /**
     * @description The unit of a figure.
     * @enum {string}
     */
    readonly Unit: 'ms' | 'percent' | 'bytes' | 'count';
    /** @description `GET /api/notices`. */
    readonly UnreadNotices: {
      /** @description Oldest first. */
      readonly notices: readonly components['schemas']['SetAside'][];
    };
    /** @description `PUT /api/v1/calculator/formulas/{id}`. */
    readonly UseFormula: {
      /**
       * @description Arithmetic with the names of inputs and of formulas before this one, `min`, `max` and `if … else …`; at most 500
       *     letters.
       */
      readonly text: string;
    };
    /** @description How much the payout of a round varies. */
    readonly Volatility: {
      /** @description `low`, `medium` or `high`. */
      readonly class: string;
      /**
       * Format: double
       * @description 1.645 standard deviations: the volatility index at 90 % confidence.
       */
      readonly index_90: number;
      /**
       * Format: double
       * @description Standard deviation of the payout of one round, in stakes.
       */
      readonly standard_deviation: number;
      /** @description Variance of the payout of one round, in stakes squared, exact. */
      readonly variance: components['schemas']['Fraction'];
    };
    /** @description The waterfall of a trace. */
    readonly Waterfall: {
      /**
       * Format: uint64
       * @description Number of spans that are left out, because they are short.
       */
      readonly left_out: number;
      /**
       * Format: int64
       * @description From the start to the end of all rows, in microseconds.
       */
      readonly length_us: Micros;
      /** @description The rows, each below its parent. */
      readonly rows: readonly components['schemas']['WaterfallRow'][];
      /** @description Id of the trace. */
      readonly trace_id: string;
      /**
       * Format: int64
       * @description What the player waited, in microseconds.
       */
      readonly waited_us: Micros;
    };
    /** @description A row of a waterfall. */
    readonly WaterfallRow: {
      /**
       * Format: int64
       * @description The part of it on the critical path, in microseconds.
       */
      readonly critical_us: Micros;
      /**
       * Format: uint32
       * @description Depth in the tree; 0 for the root.
       */
      readonly depth: number;
      /**
       * Format: int64
       * @description Duration, in microseconds.
       */
      readonly duration_us: Micros;
      /** @description Whether it failed. */
      readonly failed: boolean;
      /** @description Description of the span. */
      readonly label: string;
      /** @description The service that its time belongs to. */
      readonly service: string;
      /**
       * Format: int64
       * @description Start after that of the root, in microseconds.
       */
      readonly start_us: Micros;
    };
    /** @description One winning combination. */
    readonly Win: {
      /** @description The cells, as `[reel, row]`, both from 0, row 0 on top. */
      readonly cells: readonly (readonly [number, number])[];
      /**
       * Format: uint8
       * @description How many of it.
       */
      readonly count: number;
      /** @description By which rule. */
      readonly kind: components['schemas']['WinKind'];
      /**
       * Format: int64
       * @description Multiple of the stake per line (line) or of the whole stake (scatter).
       */
      readonly multiplier: number;
      /**
       * Format: uint8
       * @description Number of the payline, from 1; absent for a scatter.
       */
      readonly payline?: number;
      /** @description What it pays. */
      readonly payout: components['schemas']['Money'];
      /** @description The symbol that pays. */
      readonly symbol: components['schemas']['SymbolName'];
    };
    /**
     * @description By which rule something won.
     * @enum {string}
     */
    readonly WinKind: 'line' | 'scatter';
  };
  responses: {
    /** @description Why it was not done */
    readonly ApiProblem: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly 'application/problem+json': components['schemas']['ApiProblem'];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Action = components['schemas']['Action'];
export type ActiveLimit = components['schemas']['ActiveLimit'];
export type AllProblems = components['schemas']['AllProblems'];
export type ApiProblem = components['schemas']['ApiProblem'];
export type Assumption = components['schemas']['Assumption'];
export type AssumptionId = components['schemas']['AssumptionId'];
export type BeforeAfter = components['schemas']['BeforeAfter'];
export type BetStatus = components['schemas']['BetStatus'];
export type Breadcrumb = components['schemas']['Breadcrumb'];
export type BreakFor = components['schemas']['BreakFor'];
export type Button = components['schemas']['Button'];
export type Calculation = components['schemas']['Calculation'];
export type CalculatorFormula = components['schemas']['CalculatorFormula'];
export type CalculatorInput = components['schemas']['CalculatorInput'];
export type CalculatorTopic = components['schemas']['CalculatorTopic'];
export type CalculatorUnit = components['schemas']['CalculatorUnit'];
export type ChangeIssue = components['schemas']['ChangeIssue'];
export type Changed = components['schemas']['Changed'];
export type ChooseRelease = components['schemas']['ChooseRelease'];
export type Claim = components['schemas']['Claim'];
export type ClaimState = components['schemas']['ClaimState'];
export type ClaimVerdict = components['schemas']['ClaimVerdict'];
export type ClaimedFigure = components['schemas']['ClaimedFigure'];
export type Code = components['schemas']['Code'];
export type ComparedFigure = components['schemas']['ComparedFigure'];
export type ComparedProblem = components['schemas']['ComparedProblem'];
export type ComparedTraces = components['schemas']['ComparedTraces'];
export type Comparison = components['schemas']['Comparison'];
export type ConditionState = components['schemas']['ConditionState'];
export type Contribution = components['schemas']['Contribution'];
export type Customer = components['schemas']['Customer'];
export type DailyReport = components['schemas']['DailyReport'];
export type DayTotals = components['schemas']['DayTotals'];
export type DecideHeld = components['schemas']['DecideHeld'];
export type Delivery = components['schemas']['Delivery'];
export type DeliveryCounts = components['schemas']['DeliveryCounts'];
export type DeliveryError = components['schemas']['DeliveryError'];
export type DestinationStatus = components['schemas']['DestinationStatus'];
export type EnvelopeAccepted = components['schemas']['EnvelopeAccepted'];
export type EnvelopeDetail = components['schemas']['EnvelopeDetail'];
export type EnvelopeItem = components['schemas']['EnvelopeItem'];
export type EnvelopeState = components['schemas']['EnvelopeState'];
export type EnvelopeSummary = components['schemas']['EnvelopeSummary'];
export type Envelopes = components['schemas']['Envelopes'];
export type ErrorEvent = components['schemas']['ErrorEvent'];
export type EventCounts = components['schemas']['EventCounts'];
export type Exception = components['schemas']['Exception'];
export type ExternalShare = components['schemas']['ExternalShare'];
export type FaultBoard = components['schemas']['FaultBoard'];
export type FaultId = components['schemas']['FaultId'];
export type FaultState = components['schemas']['FaultState'];
export type FaultView = components['schemas']['FaultView'];
export type Figures = components['schemas']['Figures'];
export type FixState = components['schemas']['FixState'];
export type FixVerdict = components['schemas']['FixVerdict'];
export type FormulaId = components['schemas']['FormulaId'];
export type FormulaMistake = components['schemas']['FormulaMistake'];
export type FormulaMistakeKind = components['schemas']['FormulaMistakeKind'];
export type Fraction = components['schemas']['Fraction'];
export type Frame = components['schemas']['Frame'];
export type GoTo = components['schemas']['GoTo'];
export type GroupName = components['schemas']['GroupName'];
export type GroupedBy = components['schemas']['GroupedBy'];
export type Grouping = components['schemas']['Grouping'];
export type HeldAction = components['schemas']['HeldAction'];
export type How = components['schemas']['How'];
export type InputId = components['schemas']['InputId'];
export type InputSpread = components['schemas']['InputSpread'];
export type IssueDecision = components['schemas']['IssueDecision'];
export type IssueDetail = components['schemas']['IssueDetail'];
export type IssueStakes = components['schemas']['IssueStakes'];
export type IssueStatus = components['schemas']['IssueStatus'];
export type IssueSummary = components['schemas']['IssueSummary'];
export type Issues = components['schemas']['Issues'];
export type Limits = components['schemas']['Limits'];
export type Line = components['schemas']['Line'];
export type LogIn = components['schemas']['LogIn'];
export type LogLine = components['schemas']['LogLine'];
export type LoggedIn = components['schemas']['LoggedIn'];
export type MapEdge = components['schemas']['MapEdge'];
export type MapNode = components['schemas']['MapNode'];
export type MapTraffic = components['schemas']['MapTraffic'];
export type MeasureOverhead = components['schemas']['MeasureOverhead'];
export type MeasuredInput = components['schemas']['MeasuredInput'];
export type Measurement = components['schemas']['Measurement'];
export type MeasurementPoint = components['schemas']['MeasurementPoint'];
export type Measurements = components['schemas']['Measurements'];
export type Money = components['schemas']['Money'];
export type NodeKind = components['schemas']['NodeKind'];
export type Nothing = components['schemas']['Nothing'];
export type Notice = components['schemas']['Notice'];
export type Observed = components['schemas']['Observed'];
export type OtherRoot = components['schemas']['OtherRoot'];
export type OverheadResult = components['schemas']['OverheadResult'];
export type OverheadSide = components['schemas']['OverheadSide'];
export type OverheadView = components['schemas']['OverheadView'];
export type Page = components['schemas']['Page'];
export type PageSettings = components['schemas']['PageSettings'];
export type ParSheet = components['schemas']['ParSheet'];
export type PathShare = components['schemas']['PathShare'];
export type Pay = components['schemas']['Pay'];
export type Paytable = components['schemas']['Paytable'];
export type Player = components['schemas']['Player'];
export type Presentation = components['schemas']['Presentation'];
export type PresentationState = components['schemas']['PresentationState'];
export type PresentationStatus = components['schemas']['PresentationStatus'];
export type ProblemCost = components['schemas']['ProblemCost'];
export type ProblemCosts = components['schemas']['ProblemCosts'];
export type ProblemFigures = components['schemas']['ProblemFigures'];
export type ProblemStands = components['schemas']['ProblemStands'];
export type Question = components['schemas']['Question'];
export type QuestionState = components['schemas']['QuestionState'];
export type Range = components['schemas']['Range'];
export type Refusal = components['schemas']['Refusal'];
export type RefusedFormula = components['schemas']['RefusedFormula'];
export type RefusedScript = components['schemas']['RefusedScript'];
export type Regression = components['schemas']['Regression'];
export type ReleaseFigures = components['schemas']['ReleaseFigures'];
export type ReleaseView = components['schemas']['ReleaseView'];
export type Releases = components['schemas']['Releases'];
export type ReportedClaim = components['schemas']['ReportedClaim'];
export type ReportedIssue = components['schemas']['ReportedIssue'];
export type RequestShare = components['schemas']['RequestShare'];
export type RetryDead = components['schemas']['RetryDead'];
export type RoundStanding = components['schemas']['RoundStanding'];
export type RoundSummary = components['schemas']['RoundSummary'];
export type Rounds = components['schemas']['Rounds'];
export type ScenarioResults = components['schemas']['ScenarioResults'];
export type ScenarioValues = components['schemas']['ScenarioValues'];
export type Script = components['schemas']['Script'];
export type ScriptLanguage = components['schemas']['ScriptLanguage'];
export type ScriptMistake = components['schemas']['ScriptMistake'];
export type Seeding = components['schemas']['Seeding'];
export type Seen = components['schemas']['Seen'];
export type ServiceMap = components['schemas']['ServiceMap'];
export type ServiceShare = components['schemas']['ServiceShare'];
export type ServiceShareAtLeast = components['schemas']['ServiceShareAtLeast'];
export type SetAside = components['schemas']['SetAside'];
export type SetTraffic = components['schemas']['SetTraffic'];
export type SettingsChange = components['schemas']['SettingsChange'];
export type ShownSettings = components['schemas']['ShownSettings'];
export type SlowedTime = components['schemas']['SlowedTime'];
export type Span = components['schemas']['Span'];
export type SpanShown = components['schemas']['SpanShown'];
export type Spin = components['schemas']['Spin'];
export type SpinMoney = components['schemas']['SpinMoney'];
export type SpinResult = components['schemas']['SpinResult'];
export type Spot = components['schemas']['Spot'];
export type StackHealth = components['schemas']['StackHealth'];
export type StackStatus = components['schemas']['StackStatus'];
export type StakeStatus = components['schemas']['StakeStatus'];
export type StartPresentation = components['schemas']['StartPresentation'];
export type Step = components['schemas']['Step'];
export type StepCondition = components['schemas']['StepCondition'];
export type StepState = components['schemas']['StepState'];
export type SwitchFault = components['schemas']['SwitchFault'];
export type Switching = components['schemas']['Switching'];
export type SymbolKind = components['schemas']['SymbolKind'];
export type SymbolName = components['schemas']['SymbolName'];
export type SymbolPays = components['schemas']['SymbolPays'];
export type TakeAway = components['schemas']['TakeAway'];
export type TelemetryCost = components['schemas']['TelemetryCost'];
export type Term = components['schemas']['Term'];
export type TestDelivery = components['schemas']['TestDelivery'];
export type TestOutcome = components['schemas']['TestOutcome'];
export type TraceDetail = components['schemas']['TraceDetail'];
export type TraceRow = components['schemas']['TraceRow'];
export type TraceSummary = components['schemas']['TraceSummary'];
export type Traces = components['schemas']['Traces'];
export type Traffic = components['schemas']['Traffic'];
export type Unit = components['schemas']['Unit'];
export type UnreadNotices = components['schemas']['UnreadNotices'];
export type UseFormula = components['schemas']['UseFormula'];
export type Volatility = components['schemas']['Volatility'];
export type Waterfall = components['schemas']['Waterfall'];
export type WaterfallRow = components['schemas']['WaterfallRow'];
export type Win = components['schemas']['Win'];
export type WinKind = components['schemas']['WinKind'];
export type ResponseApiProblem = components['responses']['ApiProblem'];
export type $defs = Record<string, never>;
export interface operations {
  readonly show_faults: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['FaultBoard'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly problem_costs: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The sums */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['ProblemCosts'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly problem_figures: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The figures */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['ProblemFigures'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly choose_release: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['ChooseRelease'];
      };
    };
    readonly responses: {
      /** @description How everything stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['FaultBoard'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly compared_releases: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The figures */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Releases'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly reset_demo: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description How everything stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['FaultBoard'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly switch_fault: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['FaultId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['SwitchFault'];
      };
    };
    readonly responses: {
      /** @description How all of them stand then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['FaultBoard'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly fire_fault: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['FaultId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description How all of them stand then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['FaultBoard'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly unread_notices: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The notices */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['UnreadNotices'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly read_notice: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Id of the notice */
        readonly id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Noted */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly openapi: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Every route and what it speaks of */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly [key: string]: unknown;
          };
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_overhead: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['OverheadView'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly measure_overhead: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['MeasureOverhead'];
      };
    };
    readonly responses: {
      /** @description It has begun */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['OverheadView'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly cancel_overhead: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['OverheadView'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_preferences: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The preferences */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly [key: string]: unknown;
          };
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly change_preferences: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': {
          readonly [key: string]: unknown;
        };
      };
    };
    readonly responses: {
      /** @description The preferences then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly [key: string]: unknown;
          };
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_settings: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The settings */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['ShownSettings'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly change_settings: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['SettingsChange'];
      };
    };
    readonly responses: {
      /** @description The settings then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['ShownSettings'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_page_settings: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The settings */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PageSettings'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly delivery: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Delivery'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly decide_held: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['DecideHeld'];
      };
    };
    readonly responses: {
      /** @description How many it changed */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Changed'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly retry_dead: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['RetryDead'];
      };
    };
    readonly responses: {
      /** @description How many it changed */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Changed'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly test_delivery: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['TestDelivery'];
      };
    };
    readonly responses: {
      /** @description What it met, good or bad */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['TestOutcome'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly tunnel: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** @description An envelope of Sentry */
    readonly requestBody: {
      readonly content: {
        readonly 'application/x-sentry-envelope': readonly number[];
      };
    };
    readonly responses: {
      /** @description Taken */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['EnvelopeAccepted'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly envelopes: {
    readonly parameters: {
      readonly query?: {
        /** @description Only those that stand there. */
        readonly state?: components['schemas']['EnvelopeState'];
        /** @description Only those with an item of this type that has no page of its own, as `check_in`, `feedback` or `session`. */
        readonly item_type?: string;
        /** @description Only those with a smaller number: `next` of the page before. */
        readonly before?: number;
        /** @description Most that are answered: 50 when absent, 500 at most. */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description A page of them */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Envelopes'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly one_envelope: {
    readonly parameters: {
      readonly query?: {
        /** @description 1 for the envelope as it was received. */
        readonly raw?: number;
      };
      readonly header?: never;
      readonly path: {
        /** @description Number of the envelope */
        readonly seq: number;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The envelope */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['EnvelopeDetail'];
          readonly 'application/x-sentry-envelope': string;
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly telemetry_events: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Server-sent events */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'text/event-stream': string;
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly issues: {
    readonly parameters: {
      readonly query?: {
        /** @description Most that are answered: 50 when absent, 500 at most. */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The issues */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Issues'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly one_issue: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Id of the issue */
        readonly id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The issue */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['IssueDetail'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly change_issue: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Id of the issue */
        readonly id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['ChangeIssue'];
      };
    };
    readonly responses: {
      /** @description The issue as it is then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['IssueSummary'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly service_map: {
    readonly parameters: {
      readonly query?: {
        /** @description Newest traces that it is drawn from: 200 when absent, 500 at most. */
        readonly traces?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The map */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['ServiceMap'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly measurements: {
    readonly parameters: {
      readonly query?: {
        /** @description Only those of this name. */
        readonly name?: string;
        /** @description Only those at or after this time. */
        readonly since_us?: Micros;
        /** @description Most points that are answered, 10,000 at most. */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The points */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Measurements'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly traces: {
    readonly parameters: {
      readonly query?: {
        /** @description Only those that ended well, or that did not. */
        readonly ok?: boolean;
        /** @description Only those in which this service recorded something. */
        readonly service?: string;
        /** @description Least length of the root transaction, `root_us`: what whoever began the trace waited for. */
        readonly min_duration_ms?: number;
        /** @description Most length of the root transaction. */
        readonly max_duration_ms?: number;
        /** @description Only those whose root has this release. */
        readonly release?: string;
        /** @description Only those of the player with this `user.id`. */
        readonly player?: string;
        /** @description Only those of virtual players, or of others. */
        readonly virtual_player?: boolean;
        /** @description Only those whose root has this name. */
        readonly name?: string;
        /** @description Begun at or after this. */
        readonly since_us?: Micros;
        /** @description Begun before this. */
        readonly until_us?: Micros;
        /** @description An attribute that a span has, and its value, as `db.system=polodb`. */
        readonly attribute?: string;
        /** @description Most that are answered: 50 when absent, 500 at most. */
        readonly limit?: number;
        /** @description `next` of the page before. */
        readonly cursor?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description A page of them */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Traces'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly one_trace: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Id of the trace */
        readonly id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The trace */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['TraceDetail'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_traffic: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Traffic'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly set_traffic: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['SetTraffic'];
      };
    };
    readonly responses: {
      /** @description The state then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Traffic'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_calculation: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly forget_entries: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly use_formula: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['FormulaId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['UseFormula'];
      };
    };
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      /** @description The formula has a mistake */
      readonly 422: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/problem+json': components['schemas']['RefusedFormula'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly use_built_in_formula: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['FormulaId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly assume_input: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['InputId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['ScenarioValues'];
      };
    };
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly forget_input: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['InputId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly take_over_measurement: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description Which */
        readonly id: components['schemas']['InputId'];
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description What comes of it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Calculation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly health: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The stack */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['StackHealth'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly paytable: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The game */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Paytable'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly me: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The player */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Player'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_presentation: {
    readonly parameters: {
      readonly query?: {
        /** @description Language of the built-in script; English where absent. */
        readonly language?: components['schemas']['ScriptLanguage'];
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The state of the moment */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Presentation'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly step_back: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly end_presentation: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly go_to_step: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['GoTo'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly next_step: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Nothing'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly script_schema: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description JSON Schema, draft 2020-12 */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': unknown;
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly show_script: {
    readonly parameters: {
      readonly query?: {
        /** @description Language of the built-in script; English where absent. */
        readonly language?: components['schemas']['ScriptLanguage'];
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description TOML */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/toml': string;
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly use_own_script: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** @description The script */
    readonly requestBody: {
      readonly content: {
        readonly 'application/toml': string;
      };
    };
    readonly responses: {
      /** @description Where the presentation stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      /** @description The script has mistakes */
      readonly 422: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/problem+json': components['schemas']['RefusedScript'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly use_built_in_script: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Where the presentation stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly note_seen: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Seen'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly start_presentation: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['StartPresentation'];
      };
    };
    readonly responses: {
      /** @description Where it stands then */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['PresentationState'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly report_page: {
    readonly parameters: {
      readonly query?: {
        /** @description Language of the built-in script; English where absent. */
        readonly language?: components['schemas']['ScriptLanguage'];
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description HTML */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'text/html': string;
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly report_data: {
    readonly parameters: {
      readonly query?: {
        /** @description Language of the built-in script; English where absent. */
        readonly language?: components['schemas']['ScriptLanguage'];
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description All that the HTML file shows */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['TakeAway'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly daily_report: {
    readonly parameters: {
      readonly query?: {
        /** @description The day in UTC, as `2026-01-31`; today when absent. */
        readonly day?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The day */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['DailyReport'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly rounds: {
    readonly parameters: {
      readonly query?: {
        /** @description Rounds to return, 1 to 50; 20 when absent. */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The rounds */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['Rounds'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly round: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        /** @description The round, as a spin or its problem names it */
        readonly round_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The round; one that nobody has reserved a stake for is null */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['RoundStanding'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly log_in: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['LogIn'];
      };
    };
    readonly responses: {
      /** @description The session */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['LoggedIn'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
  readonly spin: {
    readonly parameters: {
      readonly query?: never;
      readonly header: {
        /** @description Names the round; sent again, it is not played again */
        readonly 'Idempotency-Key': string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': components['schemas']['Spin'];
      };
    };
    readonly responses: {
      /** @description The round */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': components['schemas']['SpinResult'];
        };
      };
      readonly default: components['responses']['ApiProblem'];
    };
  };
}
