using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Orleans.Runtime;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;

namespace Reflux.Silo.Http;

/// <summary>/v1/students/{student}/snapshots, /rollback and /v1/manifests</summary>
internal static class SnapshotEndpoints
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);

    public static void MapSnapshots(this IEndpointRouteBuilder api)
    {
        var student = api.MapGroup("/students/{student}");
        student.MapGet("/snapshots", ListAsync);
        student.MapPost("/snapshots", TakeAsync);
        student.MapGet("/snapshots/latest", LatestAsync);
        student.MapGet("/snapshots/{version}", ManifestAsync);
        student.MapGet("/snapshots/{version}/files/{name}", FileAsync);
        student.MapPost("/rollback", RollbackAsync);
        api.MapGet("/manifests/{sha256}", StagedManifestAsync);
    }

    private static async Task<IResult> ListAsync(string student, Entities entities)
    {
        var entries = await (await entities.SnapshotsAsync(student)).List();
        return Answers.Ok(new SnapshotList([.. entries.Select(e => e.ToContract(student))]));
    }

    private static async Task<IResult> TakeAsync(string student, HttpContext context, StudentJobs jobs)
    {
        var request = await RequestBody.ReadAsync<SnapshotRequest>(context);
        return await jobs.RunAsync<SnapshotResult>(
            student, StudentJobKinds.Snapshot, JsonSerializer.Serialize(request, RefluxJson.Options), context.RequestAborted);
    }

    private static async Task<IResult> LatestAsync(string student, HttpContext context, Entities entities, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        var newerThan = (long)Query(context, "newerThan", long.MaxValue);
        var wait = TimeSpan.FromSeconds(Query(context, "wait", 300));
        var snapshots = await entities.SnapshotsAsync(student);
        var began = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(began);
            var slice = left < Entities.LongestWait ? left : Entities.LongestWait;
            using var going = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            try
            {
                if (await NewerAsync(snapshots, newerThan, slice > TimeSpan.Zero ? slice : TimeSpan.Zero, patient: left > Entities.LongestWait, time, going.Token) is { } entry)
                {
                    return Answers.Ok(entry.ToContract(student));
                }
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return Results.NoContent();
            }

            if (left <= Entities.LongestWait)
            {
                return Results.NoContent();
            }
        }
    }

    /// <summary>Null also where the grain is just moving off a silo that stops or has died, and the caller has patience left.</summary>
    private static async Task<SnapshotEntry?> NewerAsync(ISnapshotsGrain snapshots, long version, TimeSpan wait, bool patient, TimeProvider time, CancellationToken going)
    {
        try
        {
            return await snapshots.Newer(version, wait).WaitAsync(going);
        }
        catch (Exception moving) when (patient && moving is TimeoutException or OrleansMessageRejectionException or SiloUnavailableException)
        {
            await Task.Delay(AskAgainAfter, time, going);
            return null;
        }
    }

    private static async Task<IResult> ManifestAsync(string student, string version, HttpContext context, Entities entities, SnapshotFiles files)
    {
        var entry = await (await entities.SnapshotsAsync(student)).Get(Version(version));
        return await ServeManifestAsync(context, files, entry.Manifest);
    }

    private static Task<IResult> StagedManifestAsync(string sha256, HttpContext context, SnapshotFiles files) => ServeManifestAsync(context, files, sha256);

    private static async Task<IResult> ServeManifestAsync(HttpContext context, SnapshotFiles files, string digest)
    {
        var (_, bytes) = await files.ManifestAsync(digest, context.RequestAborted);
        Immutable(context);
        return Results.Bytes(bytes, "application/json", enableRangeProcessing: true, entityTag: Tag(digest));
    }

    private static async Task<IResult> FileAsync(string student, string version, string name, HttpContext context, Entities entities, SnapshotFiles files)
    {
        var entry = await (await entities.SnapshotsAsync(student)).Get(Version(version));
        var (file, content) = await files.OpenAsync(entry.Manifest, name, context.RequestAborted);
        Immutable(context);
        var type = name.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "application/octet-stream";
        return Results.Stream(content, type, enableRangeProcessing: true, entityTag: Tag(file.Sha256));
    }

    private static async Task<IResult> RollbackAsync(string student, HttpContext context, Entities entities)
    {
        var request = await RequestBody.ReadAsync<RollbackRequest>(context);
        var entry = await (await entities.SnapshotsAsync(student)).Rollback(request.Version);
        return Answers.Ok(entry.ToContract(student));
    }

    private static long Version(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? version
        : throw new RefluxException(ErrorCodes.InvalidRequest, "a snapshot's version is a whole number", "List the versions that exist.");

    private static double Query(HttpContext context, string name, double most)
    {
        var values = context.Request.Query[name];
        if (StringValues.IsNullOrEmpty(values))
        {
            return 0;
        }

        return double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= most
            ? value
            : throw new RefluxException(
                ErrorCodes.InvalidRequest, $"the query's '{name}' is out of range", string.Create(CultureInfo.InvariantCulture, $"Give a number from 0 to {most}."));
    }

    private static EntityTagHeaderValue Tag(string digest) => new($"\"{digest}\"");

    private static void Immutable(HttpContext context) => context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
}
