using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A label log in memory that says when a reader has taken everything there is.</summary>
internal sealed class MemoryLabelLog : ILabelLogFactory
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _records = [];
    private TaskCompletionSource _appended = NewSource();
    private TaskCompletionSource _drained = NewSource();

    public LogId Id { get; init; } = LabelRecords.Log;

    /// <summary>How many records it holds.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>Runs as a record is handed out, with its offset.</summary>
    public Action<long>? OnRead { get; set; }

    /// <summary>Completes when a reader has come back for more than there is: everything before is processed.</summary>
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

    /// <summary>How many readers were opened.</summary>
    public int Opened { get; private set; }

    public void Append(params IEnumerable<byte[]> records)
    {
        lock (_gate)
        {
            _records.AddRange(records);
            _drained = NewSource();
            _appended.TrySetResult();
            _appended = NewSource();
        }
    }

    /// <summary>Forgets that an earlier reader has drained it.</summary>
    public void ExpectReader()
    {
        lock (_gate)
        {
            _drained = NewSource();
        }
    }

    public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken)
    {
        if (from is { } position && position.Log != Id)
        {
            throw new RefluxException("foreign-log", $"The position {position} is of another log.", "Start the student anew.");
        }

        Opened++;
        return Task.FromResult<ILabelLog>(new Reader(this, from?.Offset ?? 0));
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Reader(MemoryLabelLog log, long next) : ILabelLog
    {
        private long _next = next;

        public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                Task appended;
                lock (log._gate)
                {
                    if (_next < log._records.Count)
                    {
                        break;
                    }

                    log._drained.TrySetResult();
                    appended = log._appended.Task;
                }

                await appended.WaitAsync(cancellationToken);
            }

            log.OnRead?.Invoke(_next);
            cancellationToken.ThrowIfCancellationRequested();
            lock (log._gate)
            {
                return new LabelLogRecord(new Position(log.Id, _next), log._records[(int)_next++]);
            }
        }

        public ValueTask<long> EndAsync(CancellationToken cancellationToken)
        {
            lock (log._gate)
            {
                return ValueTask.FromResult((long)log._records.Count);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
