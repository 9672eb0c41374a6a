-- Speeds and delays of a postman's motorbike in Vietnam. Speeds in km/h, delays in seconds.
-- The reasons stand in docs/roads.md, one line for each entry; a test keeps the two equal.
-- These are moving speeds on an ordinary day: lights, turns, gates and ferries are counted apart.

return {
  -- no class may exceed it: the limit for motorbikes on an undivided road outside a built-up area
  ceiling = 60,

  highway = {
    trunk = 48, trunk_link = 30,
    primary = 40, primary_link = 28,
    secondary = 36, secondary_link = 26,
    tertiary = 32, tertiary_link = 24,
    unclassified = 28,
    residential = 24,
    road = 24,
    living_street = 15,
    service = 18,
    track = 18,
    path = 14,
    bridleway = 12,
  },

  -- service=* narrows a highway=service; an alley is the hẻm of a town
  service = {
    alley = 15,
    driveway = 10,
    parking_aisle = 8,
    ["drive-through"] = 8,
  },

  -- ways for people on foot, where a motorbike is pushed unless a tag lets it ride
  pushed = 5,
  pushable = { footway = true, pedestrian = true, cycleway = true, path = true, track = true,
               service = true, living_street = true, residential = true },
  ridden_footway = 12,

  surface = {
    asphalt = 60, paved = 60, concrete = 50, ["concrete:plates"] = 45, ["concrete:lanes"] = 30,
    paving_stones = 35, sett = 28, bricks = 30, metal = 30, wood = 15,
    cobblestone = 20, compacted = 35, fine_gravel = 28, gravel = 22, pebblestone = 20,
    unpaved = 22, ground = 20, dirt = 20, earth = 20, clay = 18, laterite = 24, grass = 12,
    rock = 10, stone = 10, sand = 10, mud = 7,
  },

  tracktype = { grade1 = 28, grade2 = 24, grade3 = 18, grade4 = 14, grade5 = 10 },

  smoothness = {
    intermediate = 40, bad = 25, very_bad = 15, horrible = 10, very_horrible = 6,
  },

  -- a narrow bridge is shared: bikes queue, one way at a time
  narrow_bridge = 15,
  movable_bridge = 10,
  -- ferries without a duration of their own
  ferry = 10,

  delay = {
    traffic_signals = 15,
    stop = 3,
    give_way = 2,
    gate = 8,
    lift_gate = 12,
    barrier = 5,
    turn = 5,
    across_oncoming = 3,
    u_turn = 10,
    mount = 5,
    ferry_boarding = 420,
    private_entry = 120,
  },
}
