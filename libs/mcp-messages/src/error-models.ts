import { clientCapabilities } from './capabilities.js';
import { elicitUrlParams } from './elicitation.js';
import { errorBody, errorResponse } from './json-rpc.js';
import { tag, text } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { list, object, type Part } from './model.js';
import { errorCodes } from './protocol-error.js';

const coded = <const Code extends number>(code: Code) => object({ ...errorBody.fields, code: tag(code) });

export const parseError = coded(errorCodes.parseError);
export const invalidRequestError = coded(errorCodes.invalidRequest);
export const methodNotFoundError = coded(errorCodes.methodNotFound);
export const invalidParamsError = coded(errorCodes.invalidParams);
export const internalError = coded(errorCodes.internalError);

const { jsonrpc, id } = errorResponse.fields;

const response = <const Body extends Part>(error: Body) => object({ jsonrpc, id, error });

export const headerMismatchError = response(coded(errorCodes.headerMismatch));

export const missingCapabilityError = response(
  object({
    ...coded(errorCodes.missingRequiredClientCapability).fields,
    data: object({ requiredCapabilities: clientCapabilities }),
  }),
);

export const unsupportedVersionError = response(
  object({
    ...coded(errorCodes.unsupportedProtocolVersion).fields,
    data: object({ supported: list(text), requested: text }),
  }),
);

/** Ask again after the user went to these addresses. Only 2025-11-25. */
export const urlElicitationRequiredError = response(
  object({ ...coded(errorCodes.urlElicitationRequired).fields, data: object({ elicitations: list(elicitUrlParams) }) }),
);

export type MissingCapabilityError = ModelOf<typeof missingCapabilityError>;
export type UnsupportedVersionError = ModelOf<typeof unsupportedVersionError>;
export type UrlElicitationRequiredError = ModelOf<typeof urlElicitationRequiredError, '2025-11-25'>;
