import {
  AlertEvents,
  CaptureEvents,
  MetricsEvents,
  ServiceError,
  streams,
  subjectToken,
  WorkflowEvents,
  type Permission,
  type StreamDeclaration,
} from '@scm/contracts';

/** The events of a channel: what a filter lets through of a stream. */
export interface ChannelSource {
  stream: StreamDeclaration;
  filter: string;
}

/** One channel of one workspace: a filter over one JetStream stream. */
export interface Channel {
  /** As clients name it, such as `run:<id>`. */
  name: string;
  /** Unique over workspaces. */
  key: string;
  access: Permission;
  /** Absent for `system`, which the gateway itself feeds. */
  source?: ChannelSource;
  /** Such a channel keeps its newest value only, whatever a client asks. */
  latestOnly: boolean;
}

interface ChannelKind {
  access: Permission;
  stream?: StreamDeclaration;
  filter?: (workspace: string, argument: string) => string;
  latestOnly?: boolean;
  takesArgument: boolean;
}

const changed = WorkflowEvents.executionChanged.subject;
const tapped = CaptureEvents.exchangeCaptured.subject;

/** Every kind of channel with who may read it: a kind without an access does not compile. */
export const channelKinds: Readonly<Record<string, ChannelKind>> = {
  metrics: {
    access: 'metrics:read',
    stream: streams.frames,
    filter: (workspace, set) => `${MetricsEvents.frameTaken.subject}.${workspace}.${set}`,
    latestOnly: true,
    takesArgument: true,
  },
  run: {
    access: 'executions:read',
    stream: streams.workflow,
    filter: (workspace, id) => `${changed}.${workspace}.*.${id}`,
    takesArgument: true,
  },
  runs: {
    access: 'executions:read',
    stream: streams.workflow,
    filter: (workspace, workflow) => `${changed}.${workspace}.${workflow}.*`,
    takesArgument: true,
  },
  alerts: {
    access: 'alerts:read',
    stream: streams.alerts,
    filter: (workspace) => `${AlertEvents.changed.subject}.${workspace}`,
    takesArgument: false,
  },
  tap: {
    access: 'captures:read',
    stream: streams.taps,
    filter: (workspace, capture) => `${tapped}.${workspace}.${capture}`,
    takesArgument: true,
  },
  system: { access: 'system:read', latestOnly: true, takesArgument: false },
};

/** The channel a client names, in its workspace. Throws INVALID_ARGUMENT for a name that is none. */
export function parseChannel(name: string, workspaceId: string): Channel {
  const [kindName = '', ...rest] = name.split(':');
  const kind = Object.hasOwn(channelKinds, kindName) ? channelKinds[kindName] : undefined;
  const argument = rest.join(':');
  if (!kind || kind.takesArgument !== (argument !== '')) {
    throw new ServiceError('INVALID_ARGUMENT', `there is no channel ${name}`, [
      { path: 'ch', message: 'is not a channel' },
    ]);
  }
  const { access, stream, filter, latestOnly = false } = kind;
  const subject = filter?.(subjectToken(workspaceId), subjectToken(argument));
  return {
    name,
    // The mesh is the same for every workspace.
    key: kindName === 'system' ? 'system' : `${workspaceId}|${name}`,
    access,
    latestOnly,
    ...(stream && subject && { source: { stream, filter: subject } }),
  };
}

/** The keys of the channels an event's subject belongs to. */
export function channelKeysOf(subject: string): string[] {
  const [, , domain, , name, workspace = '', ...keys] = subject.split('.').map(decodeURIComponent);
  switch (domain) {
    case 'workflow':
      return [`${workspace}|run:${keys[1]}`, `${workspace}|runs:${keys[0]}`];
    case 'alert':
      return [`${workspace}|alerts`];
    case 'frame':
      return [`${workspace}|metrics:${keys[0]}`];
    case 'tap':
      return name === 'exchange-captured' ? [`${workspace}|tap:${keys[0]}`] : [];
    default:
      return [];
  }
}
