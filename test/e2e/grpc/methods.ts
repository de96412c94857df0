/** The service of the tests; its messages are plain bytes. */
const asIs = (value: Buffer): Buffer => value;

function method(name: string, stream: boolean) {
  return {
    path: `/test.Echo/${name}`,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

export const echoMethods = { unary: method("Unary", false), talk: method("Talk", true) };
