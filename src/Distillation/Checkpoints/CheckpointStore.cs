using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Checkpoints;

/// <summary>
/// Checkpoints in a directory: <c>root/student/epoch/step-records/</c> with safetensors files, the rest, and <c>checkpoint.json</c> with
/// everyone's digest. One appears by the rename of a finished directory, so it is whole or absent; a damaged one is skipped, loudly, for
/// the one before it.
/// </summary>
public sealed partial class CheckpointStore(string root, ILogger<CheckpointStore> logger) : ICheckpointStore
{
    /// <summary>How many checkpoints of a student are kept.</summary>
    public const int Kept = 3;

    private const string LineageFile = "lineage.jsonl";
    private const string StudentFileName = "student.json";

    /// <summary>Writes a checkpoint durably and removes those beyond the newest <see cref="Kept"/>. Tensors are only read; the content stays the caller's.</summary>
    /// <exception cref="RefluxException">A trainer of a higher epoch has written here (stale-epoch).</exception>
    /// <exception cref="IOException">The disk refuses; older checkpoints are untouched.</exception>
    public async Task SaveAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        var document = content.Document;
        var student = StudentDirectory(document.StudentId);
        var name = CheckpointName.Of(document);
        var existing = Names(student);
        RefuseStale(existing, document);
        if (existing.Contains(name))
        {
            await RecordAsync(document with { StateHash = content.StateHash.Value }, document.Epoch, cancellationToken);
            return;
        }

        var path = Path.Combine(student, name.RelativePath);
        var temporary = AtomicFile.TemporaryPath(path);
        AtomicFile.CreateDirectory(temporary);
        try
        {
            await CheckpointFiles.WriteAsync(temporary, content, cancellationToken);
            FaultPoint.Reach("checkpoint.publish");
            AtomicFile.PublishDirectory(temporary, path);
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }

        // stopped in the middle and overtaken: its position must not become the student's
        RefuseStale(Names(student), document);
        FaultPoint.Reach("lineage.append");

        // whoever stops now leaves a checkpoint that can be restored: it must be one that can be verified too
        await JsonLines.AppendAsync(LineageOf(student, document.Epoch), [LineageEntry.Of(document, content.StateHash.Value)], CancellationToken.None);
        FaultPoint.Reach("checkpoint.prune");
        Prune(student, document.Epoch);
    }

    /// <summary>Says whose checkpoints stand here, durably, for whoever rebuilds the student without a silo.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task DescribeAsync(StudentFile student, CancellationToken cancellationToken) => AtomicFile.WriteAsync(
        Path.Combine(StudentDirectory(student.Student.Id), StudentFileName), JsonSerializer.SerializeToUtf8Bytes(student, RefluxJson.Indented), cancellationToken);

    /// <summary>The student of a name, or of an id; where several have borne the name, the one that trained last.</summary>
    /// <exception cref="RefluxException">No student of that name has trained here (student-not-found).</exception>
    public async Task<StudentFile> FindAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var files = Directory.Exists(root) ? Directory.EnumerateDirectories(root).Select(student => new FileInfo(Path.Combine(student, StudentFileName))) : [];
        foreach (var file in files.Where(file => file.Exists).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            await using var stream = file.OpenRead();
            var student = await JsonSerializer.DeserializeAsync<StudentFile>(stream, RefluxJson.Options, cancellationToken);
            if (student?.Student.Name == nameOrId || student?.Student.Id.ToString() == nameOrId)
            {
                return student;
            }
        }

        throw new RefluxException(
            ErrorCodes.StudentNotFound, $"No student '{nameOrId}' has trained with its checkpoints in {root}.", "Name the data directory of the silo that trains it with --data, and its Store with --set where it has another one.");
    }

    /// <summary>Adds a checkpoint to the lineage where a crash or a full disk kept it out.</summary>
    /// <param name="document">The checkpoint.</param>
    /// <param name="epoch">The caller's: whoever wrote the checkpoint may still be alive, and of each epoch's part of the lineage there is one writer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task RecordAsync(CheckpointDocument document, long epoch, CancellationToken cancellationToken)
    {
        try
        {
            var lineage = await LineageAsync(document.StudentId, cancellationToken);
            if (document.StateHash is { } hash
                && !lineage.Any(entry => CheckpointName.Of(entry) == CheckpointName.Of(document)))
            {
                await JsonLines.AppendAsync(LineageOf(StudentDirectory(document.StudentId), epoch), [LineageEntry.Of(document, hash)], cancellationToken);
            }
        }
        catch (InvalidDataException damage)
        {
            // training does not rest on it; whoever verifies is told the same
            LogDamagedLineage(document.StudentId, damage);
        }
    }

    /// <summary>Every checkpoint that was ever written, by epoch, oldest first, those of dead trainers included.</summary>
    /// <exception cref="InvalidDataException">The lineage is damaged.</exception>
    public async Task<IReadOnlyList<LineageEntry>> LineageAsync(Guid studentId, CancellationToken cancellationToken)
    {
        var student = StudentDirectory(studentId);
        var lineage = new List<LineageEntry>();
        foreach (var epoch in Epochs(student).Order())
        {
            lineage.AddRange(await JsonLines.ReadAsync<LineageEntry>(LineageOf(student, epoch), cancellationToken));
        }

        return lineage;
    }

    /// <summary>The newest checkpoint that is whole: highest epoch, then step. Null where none was ever written.</summary>
    /// <exception cref="RefluxException">There are some and none is whole, or one is of another format (checkpoint-damaged): nothing begins anew unasked.</exception>
    /// <exception cref="IOException">The disk refuses to say.</exception>
    public async Task<StoredCheckpoint?> LatestAsync(Guid studentId, CancellationToken cancellationToken)
    {
        var student = StudentDirectory(studentId);
        var names = Names(student);
        foreach (var name in names)
        {
            var directory = Path.Combine(student, name.RelativePath);
            try
            {
                return new StoredCheckpoint(await CheckpointFiles.ReadVerifiedAsync(directory, cancellationToken), directory);
            }
            catch (Exception damage) when (damage is InvalidDataException or JsonException or FileNotFoundException or DirectoryNotFoundException)
            {
                LogDamaged(name.RelativePath, studentId, damage);
            }
        }

        return names.Count == 0 ? null : throw CheckpointFiles.Unusable($"None of the {names.Count} checkpoints in {student} is whole.");
    }

    /// <summary>The checkpoint that an entry of the lineage was recorded for; null where it is not kept any more.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public async Task<StoredCheckpoint?> FindAsync(Guid studentId, LineageEntry entry, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(StudentDirectory(studentId), CheckpointName.Of(entry).RelativePath);
        try
        {
            return Directory.Exists(directory) ? new StoredCheckpoint(await CheckpointFiles.ReadVerifiedAsync(directory, cancellationToken), directory) : null;
        }
        catch (Exception damage) when (damage is JsonException or FileNotFoundException)
        {
            throw new InvalidDataException(damage.Message, damage);
        }
    }

    /// <summary>Refuses a trainer whose successor has written here.</summary>
    /// <param name="existing">What stands there, newest first.</param>
    /// <param name="document">What is to be written.</param>
    internal static void RefuseStale(IReadOnlyList<CheckpointName> existing, CheckpointDocument document)
    {
        if (existing.Count > 0 && existing[0].Epoch > document.Epoch)
        {
            throw new RefluxException(
                ErrorCodes.StaleEpoch,
                $"Student {document.StudentId} has checkpoints of epoch {existing[0].Epoch}; this trainer is of epoch {document.Epoch}.",
                "Another trainer has taken over; this one stops.");
        }
    }

    /// <summary>What stands in a student's directory, newest first.</summary>
    private static List<CheckpointName> Names(string student)
    {
        if (!Directory.Exists(student))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateDirectories(student)
                .SelectMany(epoch => Directory.EnumerateDirectories(epoch).Select(name => CheckpointName.Parse(Path.GetFileName(epoch), Path.GetFileName(name))))
                .OfType<CheckpointName>()
                .OrderDescending(),
        ];
    }

    private static void Prune(string student, long epoch)
    {
        foreach (var old in Names(student).Skip(Kept))
        {
            var path = Path.Combine(student, old.RelativePath);

            // renamed first: a half-deleted directory must not look like a damaged checkpoint
            var doomed = AtomicFile.TemporaryPath(path);
            Directory.Move(path, doomed);
            FaultPoint.Reach("checkpoint.remove");
            Directory.Delete(doomed, recursive: true);
        }

        // an older epoch's trainer is gone or may only fail: what it left half-written is nobody's
        foreach (var older in Epochs(student).Where(number => number < epoch))
        {
            foreach (var leftover in Directory.EnumerateDirectories(Path.Combine(student, older.ToString(CultureInfo.InvariantCulture)), $"{AtomicFile.TemporaryPrefix}*"))
            {
                Directory.Delete(leftover, recursive: true);
            }
        }
    }

    private static string LineageOf(string student, long epoch) => Path.Combine(student, epoch.ToString(CultureInfo.InvariantCulture), LineageFile);

    private static IEnumerable<long> Epochs(string student) => Directory.Exists(student)
        ? Directory.EnumerateDirectories(student).Select(path => long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : -1).Where(epoch => epoch >= 0)
        : [];

    private string StudentDirectory(Guid student) => Path.Combine(root, student.ToString("N"));

    [LoggerMessage(LogLevel.Error, "the lineage of student {Student} is damaged: its states can't be verified")]
    private partial void LogDamagedLineage(Guid student, Exception damage);

    [LoggerMessage(LogLevel.Error, "checkpoint {Checkpoint} of student {Student} is damaged and skipped for the one before it")]
    private partial void LogDamaged(string checkpoint, Guid student, Exception damage);
}
