/** A gRPC server as a user writes it: answers with its revision, echoes streams, ends its calls before it goes. */
import * as grpc from "@grpc/grpc-js";
import { echoMethods } from "./methods.ts";

const revision = Buffer.from(process.env["K_REVISION"] ?? "");
const server = new grpc.Server();

server.addService(echoMethods, {
  unary: (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
    setTimeout(() => callback(null, Buffer.concat([revision, Buffer.from(" "), call.request])), 20);
  },
  talk: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
    call.on("data", (message: Buffer) => void call.write(message));
    call.on("end", () => call.end());
  },
});

server.bindAsync(`0.0.0.0:${process.env["PORT"]}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
});
process.on("SIGTERM", () => server.tryShutdown(() => process.exit(0)));
