/** Import, connections, jobs, people: English. */

export const setUpEn = {
  'group.set_up': 'Set up',
  'room.import': 'Import',
  'room.connections': 'Connections',
  'room.jobs': 'Jobs',
  'room.people': 'People',
};
