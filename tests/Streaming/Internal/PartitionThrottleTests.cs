using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Errors;
using Reflux.Streaming.Internal;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests.Internal;

public sealed class PartitionThrottleTests
{
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BrokerPatience = TimeSpan.FromSeconds(30);

    /// <summary>Any interleaving of up to four producers: what is unread stays below what the embedded broker keeps, and nobody exceeds his share.</summary>
    [Fact]
    public void No_interleaving_of_producers_passes_the_bound()
    {
        var worst = 0L;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(
                Gen.Choose(0, 22).ArrayOf(300).ToArbitrary(),
                Gen.Choose(1, 4).ToArbitrary(),
                (moves, producers) =>
                {
                    var log = new FakeLog(producers);
                    foreach (var move in moves)
                    {
                        log.Move(move);
                    }

                    worst = Math.Max(worst, log.WorstUnread);
                    return log.WorstUnread <= LogWriter.Mark + 1 + LogWriter.Outstanding && log.WorstOutstanding <= LogWriter.Outstanding / producers;
                }));
        Assert.True(worst > LogWriter.Mark, "no case came near the bound");
    }

    [Fact]
    public async Task A_producer_that_readers_keep_up_with_asks_for_the_end_only_once()
    {
        var (asked, next) = (0, 0L);
        var throttle = new PartitionThrottle(
            "labels",
            0,
            4,
            _ =>
            {
                asked++;
                return Task.FromResult(next);
            },
            _ => new(next),
            BrokerPatience,
            TimeProvider.System);
        for (var sent = 0; sent < 1000; sent++)
        {
            using (await throttle.EnterAsync(Timeout.InfiniteTimeSpan, CancellationToken.None))
            {
                throttle.Acknowledged(next++);
            }
        }

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_reader_that_comes_when_nobody_needed_a_record_is_not_run_away_from()
    {
        var (safe, next) = (long.MaxValue, 0L);
        var clock = new FakeClock();
        var throttle = new PartitionThrottle("labels", 0, 4, _ => Task.FromResult(next), _ => new(safe), BrokerPatience, clock);
        for (var sent = 0; sent < 1000; sent++)
        {
            await SendAsync();
        }

        safe = next;
        var pending = Enumerable.Range(0, LogWriter.Mark * 3).Select(_ => SendAsync()).ToList();
        for (var looks = 0; looks < 100; looks++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.InRange(next - safe, 1, (2 * LogWriter.Mark) + 1);
        safe = long.MaxValue;
        await UntilCompletedAsync(Task.WhenAll(pending), clock);

        async Task SendAsync()
        {
            using (await throttle.EnterAsync(Timeout.InfiniteTimeSpan, CancellationToken.None))
            {
                throttle.Acknowledged(next++);
            }
        }
    }

    [Fact]
    public async Task A_log_that_another_one_replaces_under_the_producer_holds_it_back_as_any_other()
    {
        var (safe, next) = (1000L, 1000L);
        var clock = new FakeClock();
        var throttle = new PartitionThrottle("labels", 0, 4, _ => Task.FromResult(next), _ => new(safe), BrokerPatience, clock);
        await SendAsync();

        // the broker was started anew, and nobody has read anything yet
        (safe, next) = (0, 0);
        var pending = Enumerable.Range(0, LogWriter.Mark * 3).Select(_ => SendAsync()).ToList();
        for (var looks = 0; looks < 100; looks++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.InRange(next, 1, LogWriter.Mark + 1);
        safe = long.MaxValue;
        await UntilCompletedAsync(Task.WhenAll(pending), clock);

        async Task SendAsync()
        {
            using (await throttle.EnterAsync(Timeout.InfiniteTimeSpan, CancellationToken.None))
            {
                throttle.Acknowledged(next++);
            }
        }
    }

    [Fact]
    public async Task Waiters_go_in_the_order_in_which_they_came()
    {
        var safe = 0L;
        var throttle = new PartitionThrottle("labels", 0, 1, _ => Task.FromResult(100L), _ => new(Interlocked.Read(ref safe)), BrokerPatience, TimeProvider.System);
        var order = new List<int>();
        var waiters = Enumerable.Range(0, 20).Select(async number =>
        {
            using (await throttle.EnterAsync(Timeout.InfiniteTimeSpan, CancellationToken.None))
            {
                order.Add(number);
            }

            throttle.Acknowledged(100 + number);
        }).ToArray();
        Interlocked.Exchange(ref safe, 100);
        await Task.WhenAll(waiters).WaitAsync(BrokerFixture.Patience);
        Assert.Equal(Enumerable.Range(0, 20), order);
    }

    [Fact]
    public async Task A_broker_that_is_away_uses_up_none_of_the_patience_with_readers()
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new FakeClock();
        var throttle = new PartitionThrottle("prompts", 0, 1, _ => answer.Task, _ => new(0L), BrokerPatience, clock);
        var waiters = Enumerable.Range(0, 3).Select(_ => SendAsync(throttle)).ToArray();

        for (var second = 0; second < BrokerPatience.TotalSeconds - 1; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.DoesNotContain(waiters, waiter => waiter.IsCompleted);
        answer.SetResult(0);
        await Task.WhenAll(waiters).WaitAsync(BrokerFixture.Patience);
    }

    [Fact]
    public async Task A_broker_that_stays_away_ends_in_a_typed_error_after_its_own_patience()
    {
        var clock = new FakeClock();
        var began = clock.GetUtcNow();
        var throttle = new PartitionThrottle("prompts", 0, 1, async cancelled => await Never(cancelled), _ => new(0L), BrokerPatience, clock);

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => UntilCompletedAsync(SendAsync(throttle), clock));

        Assert.Equal(ErrorCodes.BrokerUnavailable, refusal.Code);
        Assert.True(clock.GetUtcNow() - began >= BrokerPatience);
    }

    [Fact]
    public async Task Readers_that_stay_behind_end_in_back_pressure_when_the_patience_with_them_is_over()
    {
        var clock = new FakeClock();
        var began = clock.GetUtcNow();
        var throttle = new PartitionThrottle("prompts", 0, 1, _ => Task.FromResult(100L), _ => new(0L), BrokerPatience, clock);

        await Assert.ThrowsAsync<BackPressureException>(() => UntilCompletedAsync(SendAsync(throttle), clock));

        Assert.True(clock.GetUtcNow() - began >= ReaderPatience);
    }

    private static async Task SendAsync(PartitionThrottle throttle)
    {
        using (await throttle.EnterAsync(ReaderPatience, CancellationToken.None))
        {
            throttle.Acknowledged(0);
        }
    }

    private static async Task<long> Never(CancellationToken cancelled)
    {
        await Task.Delay(Timeout.Infinite, cancelled);
        return 0;
    }

    /// <summary>Moves the clock until something has come of <paramref name="waiting"/>.</summary>
    private static async Task UntilCompletedAsync(Task waiting, FakeClock clock)
    {
        while (!waiting.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await waiting;
    }

    /// <summary>Producers that look, send, fail and get acknowledgements in an order that the test chooses; nothing in it is asynchronous.</summary>
    private sealed class FakeLog
    {
        private readonly PartitionThrottle[] _throttles;
        private readonly int[] _outstanding;
        private readonly Queue<long>[] _appended;
        private long _end;
        private long _safe;

        public FakeLog(int producers)
        {
            _outstanding = new int[producers];
            _appended = [.. Enumerable.Range(0, producers).Select(_ => new Queue<long>())];
            _throttles = [.. Enumerable.Range(0, producers).Select(_ => new PartitionThrottle(
                "labels", 0, LogWriter.Outstanding / producers, _ => Task.FromResult(_end), _ => new(_safe), BrokerPatience, TimeProvider.System))];
        }

        public long WorstUnread { get; private set; }

        public int WorstOutstanding { get; private set; }

        public void Move(int move)
        {
            var producer = move % _throttles.Length;
            switch (move / 4)
            {
                case 0: // a burst of sends, as many as pass at once
                    while (TryEnter(producer))
                    {
                        _outstanding[producer]++;
                        WorstOutstanding = Math.Max(WorstOutstanding, _outstanding[producer]);
                    }

                    break;
                case 1: // what one producer sent arrives
                    while (_appended[producer].Count < _outstanding[producer])
                    {
                        _appended[producer].Enqueue(_end++);
                    }

                    break;
                case 2: // the oldest of it is acknowledged
                    Acknowledge(producer, 1);
                    break;
                case 3: // all of it is
                    Acknowledge(producer, int.MaxValue);
                    break;
                case 4 when _appended[producer].TryDequeue(out _): // its acknowledgement is lost
                    _outstanding[producer]--;
                    _throttles[producer].Failed();
                    break;
                default: // the reader checkpoints
                    _safe = Math.Min(_end, _safe + 16);
                    break;
            }

            WorstUnread = Math.Max(WorstUnread, _end - _safe);
        }

        private void Acknowledge(int producer, int most)
        {
            for (; most > 0 && _appended[producer].TryDequeue(out var offset); most--)
            {
                _outstanding[producer]--;
                _throttles[producer].Acknowledged(offset);
            }
        }

        private bool TryEnter(int producer)
        {
            using var giveUp = new CancellationTokenSource();
            var entering = _throttles[producer].EnterAsync(Timeout.InfiniteTimeSpan, giveUp.Token).AsTask();
            if (entering.IsCompleted)
            {
                entering.Result.Dispose();
                return true;
            }

            giveUp.Cancel();
            Assert.True(((IAsyncResult)entering).AsyncWaitHandle.WaitOne(BrokerFixture.Patience));
            return false;
        }
    }
}
