import { Types } from 'mongoose';

/** What stands behind a place in a list by start, newest first; everything without a place. */
export function startedBefore(place: { readonly startedAt: Date; readonly id: string } | undefined) {
  if (!place) return {};
  const { startedAt, id } = place;
  return {
    $or: [{ startedAt: { $lt: startedAt } }, { startedAt, _id: { $lt: new Types.ObjectId(id) } }],
  };
}
