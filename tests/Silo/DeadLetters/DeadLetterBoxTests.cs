using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.DeadLetters;
using Reflux.Silo.Options;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.DeadLetters;

public sealed class DeadLetterBoxTests : IAsyncLifetime
{
    private LogSite _site = null!;

    public async Task InitializeAsync() => _site = await LogSite.OpenAsync();

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task A_log_that_does_not_answer_in_time_is_a_typed_error()
    {
        await _site.DeadLetters.WriteAsync(new DeadLetter(DeadLetterReason.Malformed, new Position(new LogId(Guid.NewGuid(), 0), 1), [1]), _site.Limit);
        Assert.Single((await NewBox(TimeProvider.System).ListAsync(from: null, limit: 10, _site.Limit)).Items);
        var late = NewBox(new ElapsedTime());

        var list = await Assert.ThrowsAsync<RefluxException>(() => late.ListAsync(from: null, limit: 10, _site.Limit));
        var show = await Assert.ThrowsAsync<RefluxException>(() => late.ShowAsync(0, reveal: false, _site.Limit));
        var retry = await Assert.ThrowsAsync<RefluxException>(() => late.RetryAsync(0, force: false, _site.Limit));

        Assert.All([list, show, retry], error => Assert.Equal(ErrorCodes.Timeout, error.Code));
    }

    private DeadLetterBox NewBox(TimeProvider time) => new(_site.Connection, _site.Prompts, _site.Catalog, new HttpSettings(), time);

    /// <summary>Whatever is waited for, the wait is over at once.</summary>
    private sealed class ElapsedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
