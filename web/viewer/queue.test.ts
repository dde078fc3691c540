import { beforeEach, describe, expect, it } from "vitest";
import { Queue, type Store } from "./queue";

const PREFIX = "lastmile /p/token ";

class Device implements Store {
  kept = new Map<string, string>();
  get length() {
    return this.kept.size;
  }
  key = (index: number) => [...this.kept.keys()][index] ?? null;
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

const signal = (id: string, at = 1000) => ({ id, kind: "opened" as const, at });

describe("the queue", () => {
  let device: Device;
  beforeEach(() => (device = new Device()));

  it("says how long ago a thing happened when it is sent", () => {
    const queue = new Queue("v1", PREFIX, "p1", device);
    queue.add(signal("e1", 1000));
    expect(JSON.parse(queue.next(3500)!.body)).toEqual({
      visit: "v1",
      events: [{ id: "e1", kind: "opened", ago_ms: 2500 }],
    });
  });

  it("keeps events until they are settled, and then leaves nothing on the device", () => {
    const queue = new Queue("v1", PREFIX, "p1", device);
    queue.add(signal("e1"));
    const batch = queue.next(2000)!;
    queue.add(signal("e2"));
    expect(queue.next(2000)!.ids).toEqual(["e1", "e2"]);
    queue.settle(batch);
    expect(queue.next(2000)!.ids).toEqual(["e2"]);
    queue.settle(queue.next(2000)!);
    expect(queue.next(2000)).toBeUndefined();
    expect(device.length).toBe(0);
  });

  it("sends what a closed tab left behind with its own visit and the same ids, after its own", () => {
    new Queue("v1", PREFIX, "p1", device).add(signal("e1"));
    device.setItem("lastmile /p/other v9", JSON.stringify([signal("foreign")]));
    const queue = new Queue("v2", PREFIX, "p2", device);
    queue.add(signal("e2"));
    const own = queue.next(2000)!;
    expect([JSON.parse(own.body).visit, own.ids]).toEqual(["v2", ["e2"]]);
    queue.settle(own);
    const left = queue.next(2000)!;
    expect([JSON.parse(left.body).visit, left.ids]).toEqual(["v1", ["e1"]]);
    queue.settle(left);
    expect(queue.next(2000)).toBeUndefined();
    expect([...device.kept.keys()]).toEqual(["lastmile /p/other v9"]);
  });

  it("keeps the events of two tabs of one visit apart", () => {
    const one = new Queue("v1", PREFIX, "p1", device);
    const two = new Queue("v1", PREFIX, "p2", device);
    one.add(signal("e1"));
    two.add(signal("e2"));
    one.settle(one.next(2000)!);
    const later = new Queue("v2", PREFIX, "p3", device);
    expect(later.next(2000)!.ids).toEqual(["e2"]);
  });

  it("works on a device that keeps nothing, and over what it cannot read", () => {
    const memory = new Queue("v1", PREFIX, "p1");
    memory.add(signal("e1"));
    expect(memory.next(2000)!.ids).toEqual(["e1"]);
    device.setItem(PREFIX + "v0", "{broken");
    device.setItem = () => {
      throw new Error("full");
    };
    const queue = new Queue("v1", PREFIX, "p1", device);
    queue.add(signal("e1"));
    expect(queue.next(2000)!.ids).toEqual(["e1"]);
  });

  it("is bounded: batches stay small and the oldest of too many go", () => {
    const queue = new Queue("v1", PREFIX, "p1", device);
    for (let count = 0; count < 600; count++) queue.add(signal(`e${count}`));
    const batch = queue.next(2000)!;
    expect(batch.ids.length).toBe(100);
    expect(batch.ids[0]).toBe("e100");
    expect(batch.body.length).toBeLessThan(64 * 1024);
  });
});
