using System.Diagnostics;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Cli.Bench.Logs;

/// <summary>A label log that holds all of its records in memory and takes the time from the first read to the one that finds no more: by then everything read before is processed.</summary>
internal sealed class InMemoryLabelLog(LogId log, IReadOnlyList<byte[]> records) : ILabelLogFactory
{
    private readonly TaskCompletionSource<double> _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;

    /// <summary>Seconds from the first read to the end.</summary>
    public Task<double> Drained => _drained.Task;

    public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) => Task.FromResult<ILabelLog>(new Reader(this, from?.Offset ?? 0));

    private sealed class Reader(InMemoryLabelLog owner, long next) : ILabelLog
    {
        private long _next = next;

        public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
        {
            if (owner._started == 0)
            {
                owner._started = Stopwatch.GetTimestamp();
            }

            if (_next == owner.Count)
            {
                owner._drained.TrySetResult(Stopwatch.GetElapsedTime(owner._started).TotalSeconds);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new LabelLogRecord(new Position(owner.Log, _next), owner.Record(_next++));
        }

        public ValueTask<long> EndAsync(CancellationToken cancellationToken) => ValueTask.FromResult(owner.Count);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private LogId Log => log;

    private long Count => records.Count;

    private byte[] Record(long offset) => records[(int)offset];
}
