import { describe, expect, test } from "@jest/globals";
import type { Platform } from "../../src/domain/parts.ts";
import { toChannel, toDeliveryStatus, toPlatform } from "../../src/transform/hostaway-codes.ts";

test.each<[number | null, Platform]>([
  [2018, "airbnb"],
  [2001, "airbnb"],
  [2002, "vrbo"],
  [2009, "vrbo"],
  [2010, "vrbo"],
  [2005, "bookingcom"],
  [2007, "expedia"],
  [2000, "direct"],
  [2013, "booking_engine"],
  [2015, "custom_ical"],
  [2016, "tripadvisor"],
  [2017, "wordpress"],
  [2019, "marriott"],
  [2020, "partner"],
  [2021, "gds"],
  [2022, "google"],
  [2023, "unknown"],
  [0, "unknown"],
  [null, "unknown"],
])("the channel number %j is the platform %s", (channelId, platform) => {
  expect(toPlatform(channelId)).toBe(platform);
});

describe("the channel", () => {
  test.each([
    ["email", 2018, "airbnb", "email"],
    ["sms", null, "unknown", "sms"],
    ["whatsapp", 2000, "direct", "whatsapp"],
    ["channel", 2018, "airbnb", "platform"],
    ["channel", null, "vrbo", "platform"],
    ["channel", 2000, "direct", "in_app"],
    ["channel", 2013, "booking_engine", "in_app"],
    [null, 2005, "bookingcom", "platform"],
    [null, 2000, "direct", "in_app"],
    [null, null, "airbnb", "unknown"],
    ["pigeon", 2018, "airbnb", "unknown"],
    ["constructor", 2018, "airbnb", "unknown"],
    ["__proto__", null, "unknown", "unknown"],
  ] as const)("of type %j with number %j on %s is %s", (type, channelId, platform, channel) => {
    expect(toChannel(type, channelId, platform)).toBe(channel);
  });
});

test.each([
  ["sent", "sent"],
  ["awaiting", "scheduled"],
  ["paused", "paused"],
  ["cancelled_by_user", "cancelled"],
  ["cancelled_by_system", "cancelled"],
  ["failed", "failed"],
  ["read", "unknown"],
  ["toString", "unknown"],
  [null, "unknown"],
] as const)("the status %j is %s", (status, expected) => {
  expect(toDeliveryStatus(status)).toBe(expected);
});
