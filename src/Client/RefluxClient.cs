using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Client;

/// <summary>
/// Reflux over HTTP, for product teams and for consumers of snapshots. Every failure that the server explains is a
/// <see cref="RefluxApiException"/>; a server that cannot be reached is an <see cref="HttpRequestException"/>.
/// </summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the gateway, for example <c>http://127.0.0.1:8420</c>. The caller owns it.</param>
public sealed class RefluxClient(HttpClient http)
{
    /// <summary>What runs at the other end.</summary>
    public Task<ServerInfo> InfoAsync(CancellationToken cancellationToken = default) => GetAsync<ServerInfo>("v1/info", cancellationToken);

    /// <summary>Creates a lane.</summary>
    public Task<Definition> CreateLaneAsync(LaneSpec spec, CancellationToken cancellationToken = default) =>
        PostAsync<LaneSpec, Definition>("v1/lanes", spec, cancellationToken);

    /// <summary>Creates the teacher of a lane.</summary>
    public Task<Definition> CreateTeacherAsync(TeacherSpec spec, CancellationToken cancellationToken = default) =>
        PostAsync<TeacherSpec, Definition>("v1/teachers", spec, cancellationToken);

    /// <summary>Creates a student, which begins to train at once.</summary>
    public Task<Definition> CreateStudentAsync(StudentSpec spec, CancellationToken cancellationToken = default) =>
        PostAsync<StudentSpec, Definition>("v1/students", spec, cancellationToken);

    /// <summary>All definitions of a kind.</summary>
    public async Task<IReadOnlyList<Definition>> ListAsync(DefinitionKind kind, CancellationToken cancellationToken = default) =>
        (await GetAsync<DefinitionList>($"v1/{Collection(kind)}", cancellationToken)).Items;

    /// <summary>One lane's or teacher's definition.</summary>
    public Task<Definition> GetDefinitionAsync(DefinitionKind kind, string name, CancellationToken cancellationToken = default) =>
        GetAsync<Definition>($"v1/{Collection(kind)}/{Escape(name)}", cancellationToken);

    /// <summary>Removes a lane, a teacher or a student; a lane that is in use is refused.</summary>
    public async Task DeleteAsync(DefinitionKind kind, string name, CancellationToken cancellationToken = default) =>
        (await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"v1/{Collection(kind)}/{Escape(name)}"), cancellationToken)).Dispose();

    /// <summary>Sends live prompts. Returns when the broker has acknowledged every one of them; under back-pressure throws with <see cref="RefluxApiException.RetryAfter"/>.</summary>
    public Task<PromptsAccepted> SendPromptsAsync(string lane, IReadOnlyList<PromptInput> prompts, CancellationToken cancellationToken = default) =>
        PostAsync<PromptsRequest, PromptsAccepted>($"v1/lanes/{Escape(lane)}/prompts", new PromptsRequest(prompts), cancellationToken);

    /// <summary>A student's state and progress.</summary>
    public Task<StudentStatus> StudentAsync(string student, CancellationToken cancellationToken = default) =>
        GetAsync<StudentStatus>($"v1/students/{Escape(student)}", cancellationToken);

    /// <summary>Pauses a student at its next step.</summary>
    public Task PauseAsync(string student, CancellationToken cancellationToken = default) => CommandAsync($"v1/students/{Escape(student)}/pause", cancellationToken);

    /// <summary>Lets a paused or failed student go on from its checkpoint.</summary>
    /// <param name="student">Its name.</param>
    /// <param name="acceptGap">Also accepts that the records are missing before which its log paused it: every later manifest says so.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task ResumeAsync(string student, bool acceptGap = false, CancellationToken cancellationToken = default) =>
        CommandAsync($"v1/students/{Escape(student)}/resume{(acceptGap ? "?acceptGap=true" : "")}", cancellationToken);

    /// <summary>Which prompts took effect.</summary>
    public Task<StudentAccounting> AccountingAsync(string student, CancellationToken cancellationToken = default) =>
        GetAsync<StudentAccounting>($"v1/students/{Escape(student)}/accounting", cancellationToken);

    /// <summary>Ids of the prompts that the student measures on.</summary>
    public async Task<IReadOnlyList<Id128>> HoldoutAsync(string student, CancellationToken cancellationToken = default) =>
        (await GetAsync<HoldoutList>($"v1/students/{Escape(student)}/holdout", cancellationToken)).Prompts;

    /// <summary>Stages the weights as they are now and, if asked, publishes them through the gate.</summary>
    public Task<SnapshotResult> TakeSnapshotAsync(string student, bool publish, CancellationToken cancellationToken = default) =>
        PostAsync<SnapshotRequest, SnapshotResult>($"v1/students/{Escape(student)}/snapshots", new SnapshotRequest(publish), cancellationToken);

    /// <summary>Measures a staged or published snapshot on the student's holdout.</summary>
    public Task<EvaluationResult> EvaluateAsync(string student, EvaluationRequest request, CancellationToken cancellationToken = default) =>
        PostAsync<EvaluationRequest, EvaluationResult>($"v1/students/{Escape(student)}/evaluations", request, cancellationToken);

    /// <summary>Every published version, oldest first.</summary>
    public async Task<IReadOnlyList<SnapshotVersion>> SnapshotsAsync(string student, CancellationToken cancellationToken = default) =>
        (await GetAsync<SnapshotList>($"v1/students/{Escape(student)}/snapshots", cancellationToken)).Versions;

    /// <summary>The newest version above <paramref name="newerThan"/>; waits up to <paramref name="wait"/> for one, then answers null.</summary>
    public async Task<SnapshotVersion?> LatestSnapshotAsync(string student, long newerThan = 0, TimeSpan wait = default, CancellationToken cancellationToken = default)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"v1/students/{Escape(student)}/snapshots/latest?newerThan={newerThan}&wait={wait.TotalSeconds:0.###}");
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return response.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync<SnapshotVersion>(response, cancellationToken);
    }

    /// <summary>Republishes an older version as a new one.</summary>
    public Task<SnapshotVersion> RollbackAsync(string student, long version, CancellationToken cancellationToken = default) =>
        PostAsync<RollbackRequest, SnapshotVersion>($"v1/students/{Escape(student)}/rollback", new RollbackRequest(version), cancellationToken);

    /// <summary>A version's manifest as stored, checked against the digest that the catalogue states.</summary>
    public async Task<(SnapshotManifest Manifest, byte[] Bytes)> ManifestAsync(SnapshotVersion version, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"v1/manifests/{version.Manifest}"), cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (digest != version.Manifest)
        {
            throw new SnapshotCorruptException($"the manifest of {version.Student} version {version.Version} has sha256 {digest}, not {version.Manifest}");
        }

        try
        {
            return (JsonSerializer.Deserialize<SnapshotManifest>(bytes, RefluxJson.Options) ?? throw new JsonException(), bytes);
        }
        catch (JsonException)
        {
            throw new SnapshotCorruptException($"the manifest of {version.Student} version {version.Version} is not one that this client reads");
        }
    }

    /// <summary>What was set aside, oldest first; never any text.</summary>
    public Task<DeadLetterList> DeadLettersAsync(long? from = null, int limit = 100, CancellationToken cancellationToken = default) => GetAsync<DeadLetterList>(
        string.Create(CultureInfo.InvariantCulture, $"v1/deadletters?limit={limit}{(from is null ? "" : "&from=")}{from}"), cancellationToken);

    /// <summary>One dead letter; with <paramref name="reveal"/> also its text and its bytes.</summary>
    public Task<DeadLetterDetails> DeadLetterAsync(long offset, bool reveal, CancellationToken cancellationToken = default) => GetAsync<DeadLetterDetails>(
        string.Create(CultureInfo.InvariantCulture, $"v1/deadletters/{offset}{(reveal ? "?reveal=true" : "")}"), cancellationToken);

    /// <summary>Sends a dead letter to its topic once more; with <paramref name="force"/> also one that only another teacher or student could use.</summary>
    public Task<DeadLetterRetried> RetryDeadLetterAsync(long offset, bool force = false, CancellationToken cancellationToken = default) => SendAndReadAsync<DeadLetterRetried>(
        new HttpRequestMessage(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"v1/deadletters/{offset}/retry{(force ? "?force=true" : "")}")), cancellationToken);

    internal async Task<Stream> OpenFileAsync(SnapshotVersion version, string file, CancellationToken cancellationToken)
    {
        var path = $"v1/students/{Escape(version.Student)}/snapshots/{version.Version}/files/{Escape(file)}";
        var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    private static string Collection(DefinitionKind kind) => kind switch
    {
        DefinitionKind.Lane => "lanes",
        DefinitionKind.Teacher => "teachers",
        DefinitionKind.Student => "students",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    private async Task CommandAsync(string path, CancellationToken cancellationToken) =>
        _ = await SendAndReadAsync<Definition>(new HttpRequestMessage(HttpMethod.Post, path), cancellationToken);

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAndReadAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private Task<TResponse> PostAsync<TRequest, TResponse>(string path, TRequest body, CancellationToken cancellationToken) => SendAndReadAsync<TResponse>(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: RefluxJson.Options) }, cancellationToken);

    private async Task<T> SendAndReadAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await RefluxApiException.FromAsync(response, cancellationToken);
            }
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(RefluxJson.Options, cancellationToken) ?? throw new JsonException();
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw RefluxApiException.NotReflux(response);
        }
    }
}
