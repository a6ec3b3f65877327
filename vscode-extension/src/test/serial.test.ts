import assert from "node:assert/strict";
import { test } from "node:test";
import { Latest, Serial } from "../serial";

function gate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test("many restarts become the one that runs and one more, never two at a time", async () => {
  const first = gate();
  let runs = 0;
  let together = 0;
  const serial = new Serial(async () => {
    runs += 1;
    together += 1;
    assert.equal(together, 1);
    await first.opened;
    together -= 1;
  });
  const asked = [serial.run(), serial.run(), serial.run(), serial.run()];
  first.open();
  await Promise.all(asked);
  assert.equal(runs, 2);
  await serial.run();
  assert.equal(runs, 3);
});

test("a restart that fails does not keep the next from running", async () => {
  let runs = 0;
  const serial = new Serial(async () => {
    runs += 1;
    await Promise.resolve();
    if (runs === 1) throw new Error("no");
  });
  const first = serial.run();
  const second = serial.run();
  await assert.rejects(first, /no/);
  await second;
  assert.equal(runs, 2);
});

test("of values that come while an answer is awaited the newest is sent", async () => {
  const first = gate();
  const sent: number[] = [];
  const latest = new Latest<number>(async (value) => {
    sent.push(value);
    await first.opened;
  });
  const all = [latest.offer(1), latest.offer(2), latest.offer(3)];
  first.open();
  await Promise.all(all);
  assert.deepEqual(sent, [1, 3]);
});
