/** Dashboard, targets, forecast: English. */

export const knowEn = {
  'group.know': 'Know',
  'room.dashboard': 'Dashboard',
};
