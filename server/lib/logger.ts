import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { scrubPersonal } from './scrub.ts';

export type Logger = PinoLogger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const SECRET_NAMES = [
  'password',
  'passwordHash',
  'otp',
  'otpSecret',
  'secret',
  'secretHash',
  'token',
  'accessToken',
  'refreshToken',
  'access_token',
  'client_secret',
  'clientSecret',
  'authorization',
  'cookie',
  'idNumber',
  'phone',
  'mobile',
  'personal',
];

/** JSON lines on stderr (stdout belongs to the answers of the command line), secrets and personal numbers removed. */
export function createLogger(level: LogLevel | string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          ...SECRET_NAMES,
          ...SECRET_NAMES.map((name) => `*.${name}`),
          ...SECRET_NAMES.map((name) => `*.*.${name}`),
          'req.headers["set-cookie"]',
          'res.headers["set-cookie"]',
        ],
        censor: '[hidden]',
      },
      hooks: { streamWrite: scrubPersonal },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
