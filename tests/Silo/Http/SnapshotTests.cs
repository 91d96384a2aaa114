using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Contracts.Storage;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Silo.Tests.Support;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Http;

public sealed class SnapshotTests(TestSilo silo) : IClassFixture<TestSilo>
{
    [Fact]
    public async Task A_published_snapshot_is_pulled_and_verified()
    {
        await PublishAsync("pulled", "weights of one");
        var version = await silo.Client.LatestSnapshotAsync("pulled");
        Assert.Equal(1, version!.Version);
        using var directory = new TemporaryDirectory();
        await SnapshotDirectory.PullAsync(silo.Client, version, directory.File("model"));
        await SnapshotDirectory.VerifyAsync(directory.File("model"));
        Assert.Equal("weights of one", await File.ReadAllTextAsync(Path.Combine(directory.File("model"), "model.safetensors")));

        var stored = await silo.Http.GetByteArrayAsync("/v1/students/pulled/snapshots/1");
        Assert.Equal(version.Manifest, Convert.ToHexStringLower(SHA256.HashData(stored)));
        Assert.Equal(stored, await silo.Http.GetByteArrayAsync($"/v1/manifests/{version.Manifest}"));
    }

    [Fact]
    public async Task Files_have_tags_and_ranges()
    {
        await PublishAsync("ranged", "0123456789");
        const string Path = "/v1/students/ranged/snapshots/1/files/model.safetensors";
        using var whole = await silo.Http.GetAsync(Path);
        var tag = whole.Headers.ETag!;
        Assert.Equal($"\"{Digest("0123456789")}\"", tag.Tag);

        using var part = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { Range = new RangeHeaderValue(3, 5) } };
        using var partial = await silo.Http.SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, partial.StatusCode);
        Assert.Equal("345", await partial.Content.ReadAsStringAsync());

        using var known = new HttpRequestMessage(HttpMethod.Get, Path);
        known.Headers.IfNoneMatch.Add(tag);
        using var unchanged = await silo.Http.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("/v1/students/missing/snapshots/99")]
    [InlineData("/v1/students/missing/snapshots/1/files/other.bin")]
    [InlineData("/v1/students/missing/snapshots/1/files/..%2F..%2Fsilo.lock")]
    public async Task What_a_snapshot_does_not_have_is_not_found(string path)
    {
        await PublishAsync("missing", "weights");
        var problem = await Problem.OfAsync(silo.Http.GetAsync(path));
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.SnapshotNotFound), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task Blobs_that_are_no_manifests_are_not_served()
    {
        var secret = await PutAsync("{\"holdout\":[\"a window of somebody's prompts\"]}");
        var problem = await Problem.OfAsync(silo.Http.GetAsync($"/v1/manifests/{secret.Sha256}"));
        Assert.Equal(ErrorCodes.SnapshotNotFound, problem.Code);
        Assert.DoesNotContain("somebody", problem.Body);
    }

    [Fact]
    public async Task Whoever_waits_gets_the_next_version_and_nothing_when_there_is_none()
    {
        await PublishAsync("awaited", "one");
        Assert.Null(await silo.Client.LatestSnapshotAsync("awaited", newerThan: 1));
        Assert.Null(await silo.Client.LatestSnapshotAsync("awaited", newerThan: 1, wait: TimeSpan.FromMilliseconds(50)));

        var waiting = silo.Client.LatestSnapshotAsync("awaited", newerThan: 1, wait: TimeSpan.FromSeconds(60));
        await PublishAsync("awaited", "two");
        Assert.Equal(2, (await waiting)!.Version);
    }

    [Fact]
    public async Task Rollback_republishes_and_versions_are_listed()
    {
        await PublishAsync("rolled", "one");
        await PublishAsync("rolled", "two");
        var third = await silo.Client.RollbackAsync("rolled", 1);
        var versions = await silo.Client.SnapshotsAsync("rolled");
        Assert.Equal([1, 2, 3], versions.Select(v => v.Version));
        Assert.Equal((1L, versions[0].Manifest), (third.RolledBackFrom, third.Manifest));
        var error = await Assert.ThrowsAsync<RefluxApiException>(() => silo.Client.RollbackAsync("rolled", 9));
        Assert.Equal(ErrorCodes.SnapshotNotFound, error.Code);
    }

    private async Task PublishAsync(string student, string weights)
    {
        var definition = (await silo.Client.ListAsync(DefinitionKind.Student)).FirstOrDefault(d => d.Name == student) ?? await silo.NewStudentAsync(student);
        var claim = await silo.Grains.GetGrain<IStudentGrain>(student).Claim("here");
        var blob = await PutAsync(weights);
        var manifest = await PutAsync(TestSilo.Json(Manifest(definition, claim.Epoch, new SnapshotFile("model.safetensors", blob.Size, blob.Sha256))));
        await silo.Grains.GetGrain<ISnapshotsGrain>(student).Commit(
            claim.Epoch, new CommitRequest { StudentId = definition.Id, Manifest = manifest.Sha256, Step = 1 });
    }

    private async Task<BlobDescriptor> PutAsync(string content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return await silo.Services.GetRequiredService<IBlobStore>().PutAsync(stream, CancellationToken.None);
    }

    private static string Digest(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static SnapshotManifest Manifest(Definition student, long epoch, SnapshotFile file) => new()
    {
        Student = student.Name,
        StudentId = student.Id,
        Epoch = epoch,
        Step = 1,
        SpecHash = student.Student!.SpecHash,
        BaseModel = "fresh",
        Lane = student.Student.Spec.Lane,
        LaneId = student.Student.Lane,
        Teacher = new TeacherProvenance("t", Guid.Empty, "r", "allowed", "h", "h"),
        Labels = new LabelProvenance("sampled", 50, 1, 0.05, "none"),
        From = new Position(new LogId(Guid.Empty, 0), 0),
        To = new Position(new LogId(Guid.Empty, 0), 1),
        ToSequence = 0,
        TrainedTokens = 1,
        TrainedSequences = 1,
        Dtype = "BF16",
        Environment = new EnvironmentFingerprint("e", "t", "b", "i", "cpu", 1, true),
        Gate = new GateReport { Passed = true, Failures = [], FiniteWeights = true, GreedyReproduced = true },
        Greedy = new GreedyCheck(1, 32, []),
        Resources = new ResourceUse(0, 0, 0),
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [file],
    };
}
