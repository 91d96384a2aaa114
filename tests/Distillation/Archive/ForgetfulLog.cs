using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Archive;

/// <summary>A broker's label log in memory whose oldest records can be dropped, also under a reader.</summary>
internal sealed class ForgetfulLog : ILabelLogFactory
{
    private readonly Lock _gate = new();
    private long _low;
    private long _end;
    private TaskCompletionSource _appended = NewSource();
    private TaskCompletionSource _drained = NewSource();

    public LogId Id { get; set; } = new(new Guid("01890a5d-ac96-774b-bcce-000000000001"), 3);

    /// <summary>Offsets for which the next reader fails once, as a broker that goes away does.</summary>
    public HashSet<long> Failures { get; } = [];

    /// <summary>The offset after which one is missing in the log; −1 for none.</summary>
    public long HoleAfter { get; set; } = -1;

    /// <summary>How many readers were opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Completes when a reader waits for more than there is.</summary>
    public Task Drained
    {
        get
        {
            lock (_gate)
            {
                return _drained.Task;
            }
        }
    }

    public void Append(int records)
    {
        lock (_gate)
        {
            _end += records;
            _drained = NewSource();
            _appended.TrySetResult();
            _appended = NewSource();
        }
    }

    /// <summary>Forgets everything before an offset.</summary>
    public void DropBefore(long offset)
    {
        lock (_gate)
        {
            _low = offset;
        }
    }

    public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken)
    {
        Assert.Equal(Id.Partition, partition);
        lock (_gate)
        {
            Opened++;
            CheckIs(from?.Log ?? Id);
            CheckHeld(from?.Offset ?? _low);
            return Task.FromResult<ILabelLog>(new Reader(this, Id, from?.Offset ?? _low));
        }
    }

    public Task<LogPassage?> FindNextAsync(int partition, Position at, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(at.Log != Id || at.Offset < _low ? new LogPassage(at, new Position(Id, _low), Gap: true) : null);
        }
    }

    /// <summary>Another log takes this one's place; readers that wait do not notice.</summary>
    public void Replace(LogId successor, int records = 0)
    {
        lock (_gate)
        {
            (Id, _low, _end) = (successor, 0, records);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void CheckIs(LogId id)
    {
        if (id != Id)
        {
            throw new RefluxException(ErrorCodes.PositionForeignLog, "foreign", "");
        }
    }

    private void CheckHeld(long offset)
    {
        if (offset < _low || offset > _end)
        {
            throw new RefluxException(ErrorCodes.PositionOutOfRange, $"offset {offset} is not held", "");
        }
    }

    private sealed class Reader(ForgetfulLog log, LogId id, long next) : ILabelLog
    {
        private long _next = next;

        public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                Task appended;
                lock (log._gate)
                {
                    log.CheckIs(id);
                    log.CheckHeld(_next);
                    if (log.Failures.Remove(_next))
                    {
                        throw new IOException("the broker is away");
                    }

                    if (_next < log._end)
                    {
                        var offset = _next;
                        _next += offset == log.HoleAfter ? 2 : 1;
                        return new LabelLogRecord(new Position(log.Id, offset), ArchiveSite.Value(offset));
                    }

                    log._drained.TrySetResult();
                    appended = log._appended.Task;
                }

                await appended.WaitAsync(cancellationToken);
            }
        }

        public ValueTask<long> EndAsync(CancellationToken cancellationToken) => ValueTask.FromResult(log._end);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
