// A bot that greets who comes, for Node.js: node docs/examples/greeter.mjs localhost 8080 tea
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [host, port, room] = process.argv.slice(2);
const connection = connect(Number(port), host).on("error", end);
const ask = (request) => connection.write(JSON.stringify(request) + "\n");

function end(why) {
  console.error(String(why));
  process.exit(1);
}

ask({ type: "login", username: "greeter" });
ask({ type: "join", room });
for await (const line of createInterface({ input: connection })) {
  // Whatever is no frame is for people: a greeting, or why there is no place.
  const frame = line.startsWith("{") ? JSON.parse(line) : { type: "line" };
  switch (frame.type) {
    case "ping":
      ask({ type: "pong" });
      break;
    case "joined":
      ask({ type: "say", room, text: `Welcome, ${frame.username}!` });
      break;
    case "error":
      if (frame.code !== "no-such-room") end(`The server says: ${frame.message}`);
      ask({ type: "create", room });
      break;
    case "bye":
      end(`The server says: ${frame.reason}`);
      break;
    case "line":
      if (line.startsWith("!")) end(line);
  }
}
end("The server has closed the connection.");
