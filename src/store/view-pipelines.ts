import type { Document } from "mongodb";
import { CHANNELS, type DeliveryStatus, type SenderType } from "../domain/parts.ts";
import { CONVERSATIONS, MESSAGES } from "./collections.ts";
import { PRESENT } from "./deletions.ts";

/** A frequent question, kept in the database: computed when it is read, never stored. */
export interface ViewSpec {
  readonly name: string;
  readonly viewOn: string;
  /** Also runs as it is, as an aggregation of `viewOn`; a `$match` before it can use the indexes there. */
  readonly pipeline: readonly Document[];
}

/** Marks a view as this program's: nothing else of a view can be labelled. */
export const VIEW_MARK = "hostaway-sync replaces this view";
const OURS: Document = { $match: { ...PRESENT, $comment: VIEW_MARK } };

const GUEST: SenderType = "guest";
const HOST: SenderType = "host";
const AUTOMATION: SenderType = "automation";

/** Delivered messages: nobody waited for, or was answered by, a message that is scheduled, paused, cancelled or failed. */
export const SENT: readonly DeliveryStatus[] = ["sent", "unknown"];

/** The wall clock at the property as a date, so that it can be calculated with. */
const WALL_CLOCK = { $dateFromString: { dateString: "$local_timestamp", onNull: null, onError: null } };

/** Midnight UTC of a day, as days are stored; `$dateTrunc` says the same, but not in the stand-in. */
const utcDayOf = (date: unknown) => ({
  $dateFromParts: { year: { $year: date }, month: { $month: date }, day: { $dayOfMonth: date } },
});
const UTC_DAY = utcDayOf("$timestamp");
const LOCAL_DAY = utcDayOf(WALL_CLOCK);

const daysBetween = (startDate: unknown, endDate: unknown) => ({
  $dateDiff: { startDate, endDate, unit: "day" },
});

/** Booking, property and guest of a message or conversation, except for how to reach the guest. */
const SUBJECT = {
  reservation_id: orNull("$reservation.id"),
  reservation_status: orNull("$reservation.status"),
  arrival_date: orNull("$reservation.arrival_date"),
  departure_date: orNull("$reservation.departure_date"),
  nights: daysBetween("$reservation.arrival_date", "$reservation.departure_date"),
  price: orNull("$reservation.price"),
  currency: orNull("$reservation.currency"),
  property_id: "$property.id",
  property_name: "$property.name",
  guest_name: "$guest.name",
  guest_nationality: "$guest.nationality",
  guest_locale: "$guest.locale",
  platform: 1,
};

/** A column of every row: without a reservation its fields would be missing. */
function orNull(field: string): Document {
  return { $ifNull: [field, null] };
}

export const V_MESSAGES: ViewSpec = {
  name: "v_messages",
  viewOn: MESSAGES.name,
  pipeline: [
    OURS,
    {
      $project: {
        _id: 0,
        message_id: 1,
        account_id: 1,
        conversation_id: 1,
        timestamp: 1,
        timestamp_source: 1,
        utc_day: UTC_DAY,
        timezone: 1,
        local_timestamp: 1,
        local_day: LOCAL_DAY,
        local_hour: { $hour: WALL_CLOCK },
        local_weekday: { $isoDayOfWeek: WALL_CLOCK },
        direction: 1,
        sender_type: "$sender.type",
        message_type: 1,
        channel: 1,
        delivery_status: 1,
        is_sent: { $in: ["$delivery_status", SENT] },
        content: 1,
        content_length: { $strLenCP: "$content" },
        attachment_count: { $size: "$attachments" },
        seen: 1,
        ...SUBJECT,
        days_since_arrival: daysBetween("$reservation.arrival_date", LOCAL_DAY),
        days_since_departure: daysBetween("$reservation.departure_date", LOCAL_DAY),
      },
    },
  ],
};

/** The delivered messages of a conversation, with the fields that the facts need. */
const THREAD: Document = {
  $lookup: {
    from: MESSAGES.name,
    localField: "conversation_id",
    foreignField: "conversation_id",
    pipeline: [
      { $match: { ...PRESENT, delivery_status: { $in: SENT } } },
      {
        $project: {
          _id: 0,
          at: "$timestamp",
          by: "$sender.type",
          channel: 1,
          timezone: 1,
          hour: { $hour: WALL_CLOCK },
          day: { $ifNull: [LOCAL_DAY, UTC_DAY] },
          order: { $toLong: "$message_id" },
        },
      },
    ],
    as: "thread",
  },
};
/** Not by a `$sort` in the `$lookup`: the stand-in promises no order within a collected array. */
const IN_ORDER: Document = {
  $addFields: { thread: { $sortArray: { input: "$thread", sortBy: { at: 1, order: 1 } } } },
};

/**
 * One walk through the thread: a guest begins to wait with the first message that nobody has answered yet, and
 * stops waiting when a person answers. An automated message answers nobody.
 */
const WAITS: Document = {
  $reduce: {
    input: "$thread",
    initialValue: { since: null, longest: null },
    in: {
      $switch: {
        branches: [
          {
            case: { $and: [{ $eq: ["$$this.by", GUEST] }, { $eq: ["$$value.since", null] }] },
            // biome-ignore lint/suspicious/noThenProperty: MongoDB's word.
            then: { since: "$$this.at", longest: "$$value.longest" },
          },
          {
            case: { $and: [{ $eq: ["$$this.by", HOST] }, { $ne: ["$$value.since", null] }] },
            // biome-ignore lint/suspicious/noThenProperty: MongoDB's word.
            then: {
              since: null,
              longest: { $max: ["$$value.longest", { $subtract: ["$$this.at", "$$value.since"] }] },
            },
          },
        ],
        default: "$$value",
      },
    },
  },
};

const messagesBy = (...senders: SenderType[]) => ({
  $filter: { input: "$thread", cond: { $in: ["$$this.by", senders] } },
});
const countBy = (...senders: SenderType[]) => ({ $size: messagesBy(...senders) });
const first = (list: unknown) => ({ $arrayElemAt: [list, 0] });
/** To a tenth, rounded down: servers do not agree on how to round seconds that lie in between. */
const inMinutes = (ms: unknown) => ({ $divide: [{ $floor: { $divide: [ms, 6_000] } }, 10] });

const AFTER_FIRST_GUEST_MESSAGE = {
  $slice: [
    "$thread",
    { $add: [{ $indexOfArray: ["$thread.by", GUEST] }, 1] },
    { $max: [1, { $size: "$thread" }] },
  ],
};

/** Messages of the host's side after the guest's first message. */
const replies = (...senders: SenderType[]) => ({
  $filter: {
    input: { $cond: ["$first_guest_message", AFTER_FIRST_GUEST_MESSAGE, []] },
    cond: { $in: ["$$this.by", senders] },
  },
});

export const V_CONVERSATION_FACTS: ViewSpec = {
  name: "v_conversation_facts",
  viewOn: CONVERSATIONS.name,
  pipeline: [
    OURS,
    THREAD,
    IN_ORDER,
    {
      $addFields: {
        waits: WAITS,
        first_guest_message: first(messagesBy(GUEST)),
        last_message: { $arrayElemAt: ["$thread", -1] },
        guest_count: countBy(GUEST),
        host_count: countBy(HOST),
        automation_count: countBy(AUTOMATION),
        after_checkout: {
          $filter: {
            input: messagesBy(GUEST),
            cond: { $gt: ["$$this.day", "$reservation.departure_date"] },
          },
        },
      },
    },
    {
      $addFields: {
        first_host_reply: first(replies(HOST)),
        first_reply: first(replies(HOST, AUTOMATION)),
        outgoing_count: { $add: ["$host_count", "$automation_count"] },
      },
    },
    {
      $project: {
        _id: 0,
        conversation_id: 1,
        account_id: 1,
        ...SUBJECT,
        timezone: { $max: "$thread.timezone" },
        channels: { $filter: { input: CHANNELS.toSorted(), cond: { $in: ["$$this", "$thread.channel"] } } },
        messages: { $size: "$thread" },
        guest_messages: "$guest_count",
        host_messages: "$host_count",
        automated_messages: "$automation_count",
        automated_share: {
          $cond: [
            { $eq: ["$outgoing_count", 0] },
            null,
            { $divide: ["$automation_count", "$outgoing_count"] },
          ],
        },
        first_guest_message_at: orNull("$first_guest_message.at"),
        first_guest_message_local_hour: orNull("$first_guest_message.hour"),
        first_host_reply_at: orNull("$first_host_reply.at"),
        first_reply_at: orNull("$first_reply.at"),
        first_host_response_minutes: inMinutes({
          $subtract: ["$first_host_reply.at", "$first_guest_message.at"],
        }),
        first_response_minutes: inMinutes({ $subtract: ["$first_reply.at", "$first_guest_message.at"] }),
        longest_wait_minutes: inMinutes("$waits.longest"),
        waiting_since: "$waits.since",
        unanswered: { $ne: ["$waits.since", null] },
        last_message_at: orNull("$last_message.at"),
        last_message_by: orNull("$last_message.by"),
        guest_messages_after_checkout: {
          $cond: [{ $eq: [orNull("$reservation.departure_date"), null] }, null, { $size: "$after_checkout" }],
        },
      },
    },
  ],
};

const countIf = (condition: Document) => ({ $sum: { $cond: [condition, 1, 0] } });

export const V_DAILY_VOLUME: ViewSpec = {
  name: "v_daily_volume",
  viewOn: MESSAGES.name,
  pipeline: [
    OURS,
    { $match: { delivery_status: { $in: SENT } } },
    {
      $group: {
        _id: {
          account_id: "$account_id",
          property_id: "$property.id",
          property_name: "$property.name",
          platform: "$platform",
          channel: "$channel",
          guest_nationality: "$guest.nationality",
          utc_day: UTC_DAY,
          local_day: LOCAL_DAY,
        },
        messages: { $sum: 1 },
        incoming: countIf({ $eq: ["$direction", "incoming"] }),
        outgoing: countIf({ $eq: ["$direction", "outgoing"] }),
        by_guest: countIf({ $eq: ["$sender.type", GUEST] }),
        by_host: countIf({ $eq: ["$sender.type", HOST] }),
        by_automation: countIf({ $eq: ["$sender.type", AUTOMATION] }),
      },
    },
    {
      $project: {
        _id: 0,
        account_id: "$_id.account_id",
        utc_day: "$_id.utc_day",
        local_day: "$_id.local_day",
        property_id: "$_id.property_id",
        property_name: "$_id.property_name",
        platform: "$_id.platform",
        channel: "$_id.channel",
        guest_nationality: "$_id.guest_nationality",
        messages: 1,
        incoming: 1,
        outgoing: 1,
        by_guest: 1,
        by_host: 1,
        by_automation: 1,
      },
    },
  ],
};

export const VIEWS: readonly ViewSpec[] = [V_MESSAGES, V_CONVERSATION_FACTS, V_DAILY_VOLUME];
