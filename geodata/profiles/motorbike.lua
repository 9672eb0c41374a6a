-- OSRM profile of a postman's motorbike in Vietnam (profile api version 4).
-- It weighs time as the courier feels it: `weight` is the duration plus dislikes (private ground, pushing), the
-- reported duration has no dislikes in it. Numbers live in motorbike_speeds.lua.

api_version = 4

Set = require('lib/set')
Sequence = require('lib/sequence')
local Handlers = require('lib/way_handlers')
local Measure = require('lib/measure')
local Tags = require('lib/tags')
local find_access_tag = require('lib/access').find_access_tag
local speeds = require('motorbike_speeds')

local PUSHING_DISLIKE = 0.6
local RIDING_ALLOWED = Set { 'yes', 'designated', 'permissive', 'destination', 'delivery', 'customers' }
local UNPAVED = Set {
  'unpaved', 'ground', 'dirt', 'earth', 'clay', 'laterite', 'grass', 'gravel', 'fine_gravel', 'pebblestone', 'rock',
  'stone', 'sand', 'mud', 'compacted',
}
local PAVED = Set { 'asphalt', 'paved', 'concrete', 'concrete:plates', 'concrete:lanes', 'paving_stones' }
local UNMADE = Set { 'track', 'path', 'bridleway' }
local FOOT_ONLY = Set { 'footway', 'pedestrian', 'cycleway' }
local IMPASSABLE_BARRIERS = Set {
  'motorcycle_barrier', 'stile', 'turnstile', 'full-height_turnstile', 'kissing_gate', 'wall', 'fence', 'hedge', 'ditch',
  'debris', 'log', 'jersey_barrier', 'city_wall', 'retaining_wall', 'guard_rail',
}
local OPEN_BARRIERS = Set { 'no', 'entrance', 'toll_booth', 'cattle_grid', 'height_restrictor', 'kerb', 'border_control', 'arch' }

function setup()
  return {
    properties = {
      weight_name = 'courier_time',
      max_speed_for_map_matching = 90 / 3.6,
      process_call_tagless_node = false,
      u_turn_penalty = speeds.delay.u_turn,
      -- a courier turns round at the door
      continue_straight_at_waypoint = false,
      use_turn_restrictions = true,
      left_hand_driving = false,
    },
    default_mode = mode.driving,
    -- doors also lie on ways where the motorbike is pushed
    allowed_start_modes = { [mode.driving] = true, [mode.pushing_bike] = true },
    oneway_handling = true,
    restrictions = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle' },
    access_tags_hierarchy = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle', 'access' },
    access_tag_whitelist = Set { 'yes', 'designated', 'permissive' },
    access_tag_blacklist = Set { 'no', 'agricultural', 'forestry', 'emergency', 'psv', 'bus', 'military', 'official' },
    -- papers are delivered behind these; nobody rides through them to get elsewhere
    restricted_access_tag_list = Set { 'private', 'destination', 'delivery', 'customers', 'residents', 'permit' },
    service_tag_forbidden = Set { 'emergency_access' },
    service_access_tag_blacklist = Set {},
    route_speeds = { ferry = speeds.ferry },
    bridge_speeds = { movable = speeds.movable_bridge },
    avoid = Set { 'area', 'reversible', 'impassable', 'steps', 'construction', 'proposed', 'motorway', 'motorway_link' },
    construction_whitelist = Set { 'no', 'widening', 'minor' },
    classes = Sequence { 'toll', 'ferry', 'restricted', 'tunnel', 'unpaved', 'alley', 'pushed' },
    excludable = Sequence { Set { 'ferry' }, Set { 'unpaved' } },
    relation_types = Sequence {},
  }
end

local function delay_at(node, kind, seconds, direction)
  obstacle_map:add(node, Obstacle.new(kind, direction or obstacle_direction.both, seconds, 0))
end

local function process_barrier(profile, node, barrier)
  local access = find_access_tag(node, profile.access_tags_hierarchy)
  if access and profile.access_tag_blacklist[access] then
    obstacle_map:add(node, Obstacle.new(obstacle_type.barrier))
  elseif access and profile.access_tag_whitelist[access] or OPEN_BARRIERS[barrier] then
    return
  elseif IMPASSABLE_BARRIERS[barrier] then
    obstacle_map:add(node, Obstacle.new(obstacle_type.barrier))
  else
    delay_at(node, obstacle_type.gate, speeds.delay[barrier] or speeds.delay.barrier)
  end
end

function process_node(profile, node, result, relations)
  local barrier = node:get_value_by_key('barrier')
  if barrier then
    process_barrier(profile, node, barrier)
  end
  local highway = node:get_value_by_key('highway')
  if highway == 'traffic_signals' then
    local direction = node:get_value_by_key('traffic_signals:direction') or node:get_value_by_key('direction')
    delay_at(node, obstacle_type.traffic_signals, speeds.delay.traffic_signals, obstacle_direction[direction])
  elseif highway == 'stop' or highway == 'give_way' then
    local direction = node:get_value_by_key('direction')
    delay_at(node, obstacle_type[highway], speeds.delay[highway], obstacle_direction[direction])
  end
end

local function set_speed(result, speed)
  result.forward_speed = speed
  result.backward_speed = speed
end

-- expressways are closed to motorbikes unless a lane for them is tagged
local function motorroad(profile, way, result, data)
  return not (way:get_value_by_key('motorroad') == 'yes' and not RIDING_ALLOWED[data.own_access])
end

local function push(way, result, data)
  local foot = way:get_value_by_key('foot')
  if foot == 'no' or not speeds.pushable[data.highway] then
    return false
  end
  if data.any_access == 'no' and foot ~= 'yes' and foot ~= 'designated' and foot ~= 'permissive' then
    return false
  end
  data.pushed = true
end

-- may it be ridden, only entered, pushed, or not at all
local function access(profile, way, result, data)
  local tag = find_access_tag(way, profile.access_tags_hierarchy)
  data.any_access = way:get_value_by_key('access')
  if tag and profile.restricted_access_tag_list[tag] then
    result.forward_restricted = true
    result.backward_restricted = true
  end
  if tag and profile.access_tag_blacklist[tag] then
    return push(way, result, data)
  end
  if FOOT_ONLY[data.highway] and not RIDING_ALLOWED[data.own_access] then
    return push(way, result, data)
  end
end

local function base_speed(way, data)
  if FOOT_ONLY[data.highway] then
    return speeds.ridden_footway
  end
  local service = data.highway == 'service' and way:get_value_by_key('service')
  return service and speeds.service[service] or speeds.highway[data.highway]
end

-- "concrete;dirt": the first part speaks
local function first_value(way, key)
  local value = way:get_value_by_key(key)
  return value and value:match('^[^;]*')
end

local function ground_speed(way, data, speed)
  local surface = first_value(way, 'surface')
  local tracktype = first_value(way, 'tracktype')
  -- villages pave their tracks and paths: such a one is as good as a lane
  if UNMADE[data.highway] and (PAVED[surface] or tracktype == 'grade1') then
    speed = speeds.highway.residential
  end
  speed = math.min(speed, surface and speeds.surface[surface] or speed, tracktype and speeds.tracktype[tracktype] or speed)
  local smoothness = first_value(way, 'smoothness')
  return math.min(speed, smoothness and speeds.smoothness[smoothness] or speed)
end

local function narrow_bridge(way, data, speed)
  local width = data.bridge and Measure.get_max_width(way:get_value_by_key('width'))
  if width and width < 2.5 then
    return math.min(speed, speeds.narrow_bridge)
  end
  return speed
end

local function speed(profile, way, result, data)
  if data.route == 'ferry' or result.forward_speed > 0 then
    return
  end
  if data.pushed then
    result.forward_mode = result.forward_mode ~= mode.inaccessible and mode.pushing_bike or mode.inaccessible
    result.backward_mode = result.backward_mode ~= mode.inaccessible and mode.pushing_bike or mode.inaccessible
    set_speed(result, speeds.pushed)
    return
  end
  local value = base_speed(way, data)
  if not value then
    return false
  end
  set_speed(result, math.min(speeds.ceiling, narrow_bridge(way, data, ground_speed(way, data, value))))
end

-- a posted limit only ever slows down
local function posted_limit(profile, way, result, data)
  local forward, backward = Tags.get_forward_backward_by_key(way, data, 'maxspeed')
  forward = Measure.get_max_speed(forward)
  backward = Measure.get_max_speed(backward)
  if forward and forward > 0 then
    result.forward_speed = math.min(result.forward_speed, forward)
  end
  if backward and backward > 0 then
    result.backward_speed = math.min(result.backward_speed, backward)
  end
end

local function mark(result, class)
  result.forward_classes[class] = true
  result.backward_classes[class] = true
end

local function own_classes(profile, way, result, data)
  local surface = way:get_value_by_key('surface')
  local track = data.highway == 'track' and way:get_value_by_key('tracktype') ~= 'grade1'
  if surface and UNPAVED[surface] or (track and not surface) then
    mark(result, 'unpaved')
  end
  if data.highway == 'service' and way:get_value_by_key('service') == 'alley' then
    mark(result, 'alley')
  end
  if data.pushed then
    mark(result, 'pushed')
  end
end

local function rates(profile, way, result, data)
  local liking = data.pushed and PUSHING_DISLIKE or 1
  result.forward_rate = result.forward_speed * liking / 3.6
  result.backward_rate = result.backward_speed * liking / 3.6
  if result.duration > 0 then
    result.weight = result.duration
  end
end

local STEPS = Sequence {
  Handlers.default_mode,
  Handlers.blocked_ways,
  Handlers.avoid_ways,
  motorroad,
  access,
  Handlers.oneway,
  Handlers.destinations,
  Handlers.ferries,
  Handlers.movables,
  Handlers.service,
  speed,
  posted_limit,
  Handlers.classes,
  own_classes,
  Handlers.turn_lanes,
  Handlers.classification,
  Handlers.roundabouts,
  Handlers.startpoint,
  Handlers.driving_side,
  Handlers.names,
  rates,
}

-- The import asks for the speed of every way: closures and learned speeds start from it. One file for each thread.
local way_speeds = os.getenv('BUUTA_WAY_SPEEDS')
local sink = way_speeds and io.open(way_speeds .. '/' .. tostring({}):match('%x+$') .. '.csv', 'w')

-- 0 closed, -1 open with a duration of its own
local function speed_of(result, travel_mode, kmh)
  if travel_mode == mode.inaccessible then
    return 0
  end
  return kmh > 0 and kmh or result.duration > 0 and -1 or 0
end

local function write_down(way, result, data)
  local forward = speed_of(result, result.forward_mode, result.forward_speed)
  local backward = speed_of(result, result.backward_mode, result.backward_speed)
  if forward ~= 0 or backward ~= 0 then
    sink:write(way:id(), ',', forward, ',', backward, ',', data.pushed and 1 or 0, '\n')
  end
end

function process_way(profile, way, result, relations)
  local data = {
    highway = way:get_value_by_key('highway'),
    bridge = way:get_value_by_key('bridge'),
    route = way:get_value_by_key('route'),
    own_access = way:get_value_by_key('motorcycle'),
  }
  if data.highway or data.route == 'ferry' then
    Handlers.run(profile, way, result, data, STEPS, relations)
    if sink then
      write_down(way, result, data)
    end
  end
end

local function bend(angle)
  -- rises from 0 (straight on) to 1 (sharp), half of it at a right angle
  return 1 / (1 + math.exp(6.5 - 13 * math.abs(angle) / 180))
end

local function junction_delay(turn)
  local seconds = speeds.delay.turn * bend(turn.angle)
  local roundabout = turn.source_is_roundabout or turn.target_is_roundabout
  if turn.angle < 0 and turn.number_of_roads > 2 and not turn.is_u_turn and not roundabout then
    seconds = seconds + speeds.delay.across_oncoming * bend(turn.angle)
  end
  return turn.is_u_turn and seconds + speeds.delay.u_turn or seconds
end

local function mode_delay(turn)
  if turn.source_mode == turn.target_mode then
    return 0
  end
  return turn.target_mode == mode.ferry and speeds.delay.ferry_boarding or speeds.delay.mount
end

function process_turn(profile, turn)
  local seconds = mode_delay(turn)
  for _, obstacle in pairs(obstacle_map:get(turn.from, turn.via)) do
    seconds = seconds + obstacle.duration
  end
  if turn.number_of_roads > 2 or turn.is_u_turn then
    seconds = seconds + junction_delay(turn)
  end
  turn.duration = turn.duration + seconds
  turn.weight = turn.duration
  if turn.target_restricted and not turn.source_restricted then
    turn.weight = turn.weight + speeds.delay.private_entry
  end
end

return { setup = setup, process_way = process_way, process_node = process_node, process_turn = process_turn }
