using System.Security.Cryptography;
using System.Text.Json;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Streaming;

namespace Reflux.Cli.Chaos;

/// <summary>Looks at committed offsets, epochs and served snapshots while the run goes on. What can't be reached for now is looked at again.</summary>
internal sealed class CheckerWatch(ChaosProcesses processes, LogConnection log, string student, Guid studentId, LogId labels)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private readonly List<CommittedPrompts> _commits = [];
    private readonly List<string> _problems = [];
    private readonly HashSet<long> _verified = [];
    private long _epoch;

    public IReadOnlyList<CommittedPrompts> Commits => _commits;

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Versions of which every file was as the manifest says.</summary>
    public int Verified => _verified.Count;

    /// <summary>Versions that were served with another byte.</summary>
    public int Torn { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await LookAtCommitsAsync(cancellation);
                await LookAtStudentAsync(cancellation);
                await LookAtSnapshotsAsync(cancellation);
            }
            catch (Exception away) when (!cancellation.IsCancellationRequested && (ChaosTraffic.Passes(away) || away is RefluxException { Code: ErrorCodes.BrokerUnavailable or ErrorCodes.Timeout or ErrorCodes.StudentNotRunning }))
            {
                // a process is dead or stopped
            }
        }
    }

    /// <summary>Every version there is, once more, and that versions, epochs and steps only rise.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        _verified.Clear();
        await LookAtSnapshotsAsync(cancellation);
        var versions = await processes.Client().SnapshotsAsync(student, cancellation);
        foreach (var (earlier, later) in versions.Zip(versions.Skip(1)))
        {
            Require(later.Version == earlier.Version + 1 && later.Epoch >= earlier.Epoch && later.Step >= earlier.Step, $"version {later.Version} follows {earlier.Version} with an older epoch or step");
        }

        // by epoch: a trainer that was stopped inside a checkpoint may finish that one after its successor's first
        foreach (var lineage in Lineage().GroupBy(line => line.GetProperty("epoch").GetInt64(), line => line.GetProperty("step").GetInt64()))
        {
            Require(lineage.Zip(lineage.Skip(1)).All(steps => steps.Second >= steps.First), $"the steps of epoch {lineage.Key} go back in the lineage");
        }
    }

    /// <summary>Committed offsets first, then what they must not pass.</summary>
    private async Task LookAtCommitsAsync(CancellationToken cancellation)
    {
        var trained = await log.CommittedAsync(ConsumerGroups.Student(studentId), Topics.Labels, labels.Partition, cancellation);
        var sealedTo = await log.CommittedAsync(ConsumerGroups.Archive, Topics.Labels, labels.Partition, cancellation);
        var prompts = new List<Position>();
        for (var partition = 0; partition < log.PartitionCount(Topics.Prompts); partition++)
        {
            if (await log.CommittedAsync(ConsumerGroups.Teachers, Topics.Prompts, partition, cancellation) is { } next)
            {
                prompts.Add(new Position(log.KnownLogId(Topics.Prompts, partition), next));
            }
        }

        var (_, end) = await log.BoundsAsync(Topics.Labels, labels.Partition, cancellation);
        _commits.AddRange(prompts.Select(next => new CommittedPrompts(next, end)));
        var durable = Lineage().Select(line => line.TryGetProperty("next", out var next) ? next.GetProperty("offset").GetInt64() : 0).Append(0).Max();
        var archived = Lines("segments.jsonl", "snapshots", "archive", labels.Topic.ToString("N"), $"{labels.Partition}")
            .Select(line => line.TryGetProperty("sealed", out var segment) ? segment.GetProperty("end").GetInt64() : 0).Append(0).Max();
        Require((trained ?? 0) <= durable, $"the student committed {trained} while its checkpoints reached {durable}");
        Require((sealedTo ?? 0) <= archived, $"the archive committed {sealedTo} while its segments reached {archived}");
    }

    private async Task LookAtStudentAsync(CancellationToken cancellation)
    {
        var status = await processes.Client().StudentAsync(student, cancellation);
        Require(status.Epoch >= _epoch, $"epoch {status.Epoch} came after {_epoch}");
        Require(status.State is not ("paused" or "failed"), $"the student is {status.State}: {status.Message}");
        _epoch = Math.Max(_epoch, status.Epoch);
    }

    private async Task LookAtSnapshotsAsync(CancellationToken cancellation)
    {
        foreach (var version in (await processes.Client().SnapshotsAsync(student, cancellation)).Where(version => !_verified.Contains(version.Version)))
        {
            if (await IsWholeAsync(version, cancellation))
            {
                _verified.Add(version.Version);
            }
            else
            {
                Torn++;
                _problems.Add($"version {version.Version} was served torn");
            }
        }
    }

    private async Task<bool> IsWholeAsync(SnapshotVersion version, CancellationToken cancellation)
    {
        try
        {
            var (manifest, _) = await processes.Client().ManifestAsync(version, cancellation);
            foreach (var file in manifest.Files)
            {
                var bytes = await processes.Http().GetByteArrayAsync($"v1/students/{student}/snapshots/{version.Version}/files/{file.Name}", cancellation);
                if (bytes.Length != file.Size || Convert.ToHexStringLower(SHA256.HashData(bytes)) != file.Sha256)
                {
                    return false;
                }
            }

            return true;
        }
        catch (SnapshotCorruptException)
        {
            return false;
        }
    }

    /// <summary>A list for each epoch, in its directory.</summary>
    private IEnumerable<JsonElement> Lineage()
    {
        var checkpoints = Path.Combine(processes.Data, "checkpoints", studentId.ToString("N"));
        return Directory.Exists(checkpoints)
            ? Directory.GetDirectories(checkpoints).SelectMany(epoch => Lines("lineage.jsonl", "checkpoints", studentId.ToString("N"), Path.GetFileName(epoch)))
            : [];
    }

    /// <summary>A list of the data directory; a last line without its end is still being written.</summary>
    private IEnumerable<JsonElement> Lines(string file, params string[] directory)
    {
        var path = Path.Combine([processes.Data, .. directory, file]);
        if (!File.Exists(path))
        {
            return [];
        }

        var text = File.ReadAllText(path);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            _problems.Add(otherwise);
        }
    }
}
