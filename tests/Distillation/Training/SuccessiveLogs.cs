using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A lane's log whose place another one has taken: the former can still be read to its last record, and nothing joins it to the next but what was recorded of its end.</summary>
internal sealed class SuccessiveLogs(MemoryLabelLog former, MemoryLabelLog current, bool endRecorded) : ILabelLogFactory
{
    public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) => from?.Log == former.Id
        ? from.Value.Offset < former.Count ? OpenFormerAsync(from.Value, cancellationToken) : throw Foreign(from.Value)
        : current.OpenAsync(partition, from, cancellationToken);

    public Task<LogPassage?> FindNextAsync(int partition, Position at, CancellationToken cancellationToken) =>
        Task.FromResult<LogPassage?>(new LogPassage(at, new Position(current.Id, 0), Gap: !endRecorded));

    private static RefluxException Foreign(Position at) => new(ErrorCodes.PositionForeignLog, $"{at} is of another log.", "Restore it.");

    private async Task<ILabelLog> OpenFormerAsync(Position from, CancellationToken cancellationToken) =>
        new Reader(await former.OpenAsync(from.Log.Partition, from, cancellationToken), from.Offset, former.Count);

    private sealed class Reader(ILabelLog inner, long next, long end) : ILabelLog
    {
        private long _next = next;

        public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
        {
            var record = _next < end ? await inner.ReadAsync(cancellationToken) : throw Foreign(new Position(LabelRecords.Log, _next));
            _next++;
            return record;
        }

        public ValueTask<long> EndAsync(CancellationToken cancellationToken) => ValueTask.FromResult(end);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
