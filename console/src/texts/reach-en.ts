/** Delivery: English. */

export const reachEn = {
  'group.reach': 'Reach',
  'room.delivery': 'Delivery',
};
