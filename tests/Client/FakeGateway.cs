using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Client.Tests;

/// <summary>A gateway in memory that serves one student's snapshots, and counts what was asked for.</summary>
internal sealed class FakeGateway : HttpMessageHandler
{
    private readonly Dictionary<string, byte[]> _answers = [];

    public List<string> Requests { get; } = [];

    public RefluxClient Client => new(new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://gateway/") });

    /// <summary>Overrides an answer's status and body.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Intercept { get; set; }

    public SnapshotVersion Publish(long version, params (string Name, string Content)[] files)
    {
        var manifest = Manifest(files.Select(file => new SnapshotFile(file.Name, Encoding.UTF8.GetByteCount(file.Content), Digest(Encoding.UTF8.GetBytes(file.Content)))).ToList());
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, RefluxJson.Options);
        var published = new SnapshotVersion("small", version, Digest(bytes), 1, version * 10, 0.9, DateTimeOffset.UnixEpoch);
        _answers[$"/v1/manifests/{published.Manifest}"] = bytes;
        foreach (var (name, content) in files)
        {
            _answers[$"/v1/students/small/snapshots/{version}/files/{Uri.EscapeDataString(name)}"] = Encoding.UTF8.GetBytes(content);
        }

        return published;
    }

    public void Tamper(string path, Action<byte[]> change) => change(_answers[path]);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Requests.Add(path);
        var answer = Intercept?.Invoke(request)
            ?? (_answers.TryGetValue(path, out var bytes) ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) } : new HttpResponseMessage(HttpStatusCode.NotFound));
        return Task.FromResult(answer);
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static SnapshotManifest Manifest(IReadOnlyList<SnapshotFile> files)
    {
        var position = new Position(new LogId(Guid.Empty, 0), 0);
        return new SnapshotManifest
        {
            Student = "small",
            StudentId = Guid.Empty,
            Epoch = 1,
            Step = 10,
            SpecHash = "spec",
            BaseModel = "fresh:0",
            Lane = "support",
            LaneId = Guid.Empty,
            Teacher = new TeacherProvenance("tutor", Guid.Empty, "revision", "permitted", "tokenizer", "template"),
            Labels = new LabelProvenance("sampled", 50, 1, 0.1, "none"),
            From = position,
            To = position,
            ToSequence = 0,
            TrainedTokens = 1,
            TrainedSequences = 1,
            Dtype = "BF16",
            Environment = new EnvironmentFingerprint("engine", "torch", "blas", "isa", "cpu", 2, true),
            Gate = new GateReport { Passed = true, Failures = [], FiniteWeights = true, GreedyReproduced = true },
            Greedy = new GreedyCheck(2, 32, []),
            Resources = new ResourceUse(0, 0, 0),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Files = files,
        };
    }
}
