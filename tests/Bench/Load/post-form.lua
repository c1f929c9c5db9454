-- One form post again and again; the body and the Authorization header come from the environment.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
local bad = 0
function response(status, headers, body)
  if status ~= 200 then bad = bad + 1 end
end
