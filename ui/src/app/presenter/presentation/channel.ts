import { Action } from '../../core/api/schema';

/** What the presenter's view asks the window of the machine to do. */
export type Order = { readonly perform: Action; readonly button?: string } | 'black' | 'who';

/** What the window of the machine tells of itself. */
export interface ProjectorState {
  /** Whether it is blacked out. */
  readonly black: boolean;
  /** The buttons of the script that were pressed. */
  readonly pressed: readonly string[];
  /** Code of the language that it speaks. */
  readonly language: string;
}

/** The messages between the windows of one browser or one program. */
export type ChannelMessage =
  | { readonly kind: 'order'; readonly id: string; readonly order: Order }
  /** The machine's window has the order, and begins with it. */
  | { readonly kind: 'taken'; readonly id: string }
  /** It is done; `refusal` is the sentence that says why it could not be. */
  | { readonly kind: 'done'; readonly id: string; readonly refusal: string }
  | { readonly kind: 'projector'; readonly state: ProjectorState }
  /** A window of the machine has been opened. */
  | { readonly kind: 'here' }
  /** A presenter's view is open. */
  | { readonly kind: 'view' };

const NAME = 'reelscope-presenter';
/** Held by the one window that performs orders. */
export const PROJECTOR_LOCK = 'reelscope-projector';
/** Held by the presenter’s view; whoever gets it after one was open knows that it is gone. */
export const VIEW_LOCK = 'reelscope-presenter-view';

/** Connects this window with the others of the same origin. */
export class Channel {
  private readonly channel = new BroadcastChannel(NAME);

  constructor(heard: (message: ChannelMessage) => void) {
    this.channel.onmessage = ({ data }: MessageEvent<ChannelMessage>) => heard(data);
  }

  tell(message: ChannelMessage): void {
    this.channel.postMessage(message);
  }

  close(): void {
    this.channel.close();
  }
}
