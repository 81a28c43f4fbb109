-- One game's rows, all or nothing. What it promises:
--
--   1. The state, the stream of the last rows and what is told change together: nobody reads half of a row,
--      and nothing is told that is not stored.
--   2. Within an epoch seq only grows. What is held already is left out, wherever it comes from and however
--      often: HELD seq.
--   3. Rows that do not follow the one held change nothing: GAP seq. The writer sends again from seq + 1, or
--      the whole state.
--   4. A whole state (a correction, or a head) is taken where none is held, or an older one.
--   5. Where no state is held, or that of another epoch, what comes is taken whole and the stream starts over.
--      Only the owner's word ends an epoch: a reader that fills in what it holds replaces no other one.
--   6. A game that is over expires, state and stream at once; whatever is taken after that sets the time anew,
--      or takes it away where the game goes on.
--   7. Who lists games is told on `fixtures` when a game comes, and when what lists know it by has changed.
--
-- KEYS  1 {game:ID}:state   2 {game:ID}:events
-- ARGV  1 epoch   2 seq of the first row   3 seq of the last   4 rows, whole or fill (then one row)
--       5 state of the last row, JSON   6 corrected_seq   7 listed   8 seconds to live, 0 for ever
--       9 rows to keep   10 PUBLISH or SPUBLISH   11 channel of the game   12 channel of fixtures
--       13... each row, JSON
-- Answers {"TAKEN", seq}, {"HELD", seq} or {"GAP", seq}.
-- A channel of sharded pub/sub must lie in the slot of the keys; `fixtures` is told to every node.

local first, last = tonumber(ARGV[2]), tonumber(ARGV[3])
local whole = ARGV[4] ~= 'rows'
local held = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'listed')
local seq = tonumber(held[2] or '0')
local known = held[1] == ARGV[1]

if known and last <= seq or held[1] and not known and ARGV[4] == 'fill' then
  return {'HELD', seq}
end
if known and not whole and first > seq + 1 then
  return {'GAP', seq}
end

local rows = {}
if not known then
  redis.call('DEL', KEYS[2])
  seq = first - 1
end
for i = 13, #ARGV do
  local at = first + i - 13
  if at > seq then
    rows[#rows + 1] = ARGV[i]
    if whole then
      redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[9], at .. '-0', 'row', ARGV[i], 'state', ARGV[5])
    else
      redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[9], at .. '-0', 'row', ARGV[i])
    end
  end
end

redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', ARGV[3], 'corrected_seq', ARGV[6],
  'state', ARGV[5], 'listed', ARGV[7])
for _, key in ipairs(KEYS) do
  if ARGV[8] == '0' then
    redis.call('PERSIST', key)
  else
    redis.call('EXPIRE', key, ARGV[8])
  end
end

local told = '{"epoch":"' .. ARGV[1] .. '","rows":[' .. table.concat(rows, ',') .. ']'
if whole or not known then
  told = told .. ',"state":' .. ARGV[5]
end
redis.call(ARGV[10], ARGV[11], told .. '}')

if not known or held[3] ~= ARGV[7] then
  redis.call('PUBLISH', ARGV[12], '{"corrected_seq":' .. ARGV[6] .. ',"state":' .. ARGV[5] .. '}')
end
return {'TAKEN', last}
