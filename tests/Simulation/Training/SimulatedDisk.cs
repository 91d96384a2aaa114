using Orleans.Engine.Simulation;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Checkpoints;
using Reflux.Simulation.Tests.Installation;

namespace Reflux.Simulation.Tests.Training;

/// <summary>The store that silos share: a checkpoint appears as a whole or not at all, and may be damaged later. Snapshots are kept by digest.</summary>
internal sealed class SimulatedDisk(Simulator world, Weather weather)
{
    private readonly SortedList<CheckpointName, Kept> _checkpoints = new(Comparer<CheckpointName>.Create((left, right) => right.CompareTo(left)));
    private readonly Dictionary<int, long> _durable = [];

    /// <summary>Weights of staged snapshots with their step, by the digest of their manifest.</summary>
    public Dictionary<string, (long Step, string Weights)> Snapshots { get; } = [];

    /// <summary>The newest whole checkpoint; null where there is none.</summary>
    public Kept? Newest => _checkpoints.Values.FirstOrDefault(kept => !kept.Damaged);

    /// <summary>The highest position that a checkpoint ever held durably.</summary>
    public long DurableUpTo(int partition) => _durable.GetValueOrDefault(partition);

    /// <summary>The files of a checkpoint.</summary>
    public Kept Open(StoredCheckpoint checkpoint) => _checkpoints.Values.First(kept => kept.Directory == checkpoint.Directory);

    /// <summary>The store as a process reaches it.</summary>
    public ICheckpointStore For(SimulatedProcess process) => new Client(this, process);

    /// <summary>Damages the newest checkpoint, unless it is the only whole one.</summary>
    public void Tear()
    {
        if (_checkpoints.Values.Count(kept => !kept.Damaged) > 1)
        {
            Newest!.Damaged = true;
            world.Trace.Event(world.Now, "disk", "the newest checkpoint is torn");
        }
    }

    private void Land(SimulatedProcess process, CheckpointName name, Kept kept)
    {
        CheckpointStore.RefuseStale([.. _checkpoints.Keys], kept.Document);
        if (!_checkpoints.TryAdd(name, kept))
        {
            return;
        }

        if (kept.Document.Next is { } next)
        {
            _durable[next.Log.Partition] = Math.Max(next.Offset, DurableUpTo(next.Log.Partition));
        }

        process.Note($"checkpoint {name.Epoch}/{name.Step}-{name.Records} {kept.Document.StateHash![..8]}");
        while (_checkpoints.Count > CheckpointStore.Kept)
        {
            _checkpoints.RemoveAt(_checkpoints.Count - 1);
        }
    }

    /// <summary>A checkpoint and its files.</summary>
    internal sealed class Kept
    {
        public required CheckpointDocument Document { get; init; }

        public required string Directory { get; init; }

        public required byte[] Weights { get; init; }

        public required IReadOnlyDictionary<string, byte[]> Files { get; init; }

        public bool Damaged { get; set; }
    }

    private sealed class Client(SimulatedDisk disk, SimulatedProcess process) : ICheckpointStore
    {
        public async Task SaveAsync(CheckpointContent content, CancellationToken cancellationToken)
        {
            var document = content.Document with { StateHash = content.StateHash.Value };
            var name = CheckpointName.Of(document);
            var kept = new Kept
            {
                Document = document,
                Directory = name.RelativePath,
                Weights = Array.ConvertAll(content.Tensors["weights.safetensors"]["weights"].data<float>().ToArray(), part => (byte)part),
                Files = content.Files.ToDictionary(file => file.Key, file => file.Value()),
            };
            await WaitAsync(cancellationToken);
            disk.Land(process, name, kept);
            await WaitAsync(cancellationToken);
        }

        public async Task<StoredCheckpoint?> LatestAsync(Guid studentId, CancellationToken cancellationToken)
        {
            await WaitAsync(cancellationToken);
            return disk.Newest is { } newest ? new StoredCheckpoint(newest.Document, newest.Directory)
                : disk._checkpoints.Count == 0 ? null
                : throw new RefluxException(ErrorCodes.CheckpointDamaged, "no checkpoint is whole", "restore one");
        }

        public Task DescribeAsync(StudentFile student, CancellationToken cancellationToken) => WaitAsync(cancellationToken);

        public Task RecordAsync(CheckpointDocument document, long epoch, CancellationToken cancellationToken) => WaitAsync(cancellationToken);

        private async Task WaitAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(disk.Weather.Within(100), process.Clock, cancellationToken);
            if (disk.Weather.Chance(0.01))
            {
                throw new IOException("the disk is full");
            }
        }
    }

    private Weather Weather => weather;
}
