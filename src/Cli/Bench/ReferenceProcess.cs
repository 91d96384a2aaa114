using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reflux.Contracts.Errors;

namespace Reflux.Cli.Bench;

/// <summary>The peer: `tests/reference/benchmark.py` on PyTorch, which waits for a line that says what to run and answers with a line.</summary>
internal sealed class ReferenceProcess : IDisposable
{
    private const string Blas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
    private const string PythonRemedy = "install python3-torch (Debian) and name its Python with --python";
    private readonly Process _process;

    private ReferenceProcess(Process process, string torch, string blas) => (_process, Torch, BlasName) = (process, torch, blas);

    public string Torch { get; }

    public string BlasName { get; }

    /// <exception cref="RefluxException"><c>not-supported-here</c>: there is no such Python, or it has no torch.</exception>
    public static async Task<ReferenceProcess> StartAsync(string python, int threads, CancellationToken cancellation)
    {
        var start = Script(python, "benchmark.py");
        start.RedirectStandardInput = true;
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));
        var process = Start(start);
        if (await process.StandardOutput.ReadLineAsync(cancellation) is not { } hello)
        {
            var problem = await process.StandardError.ReadToEndAsync(cancellation);
            process.Dispose();
            throw Missing($"the reference does not run on '{python}': {problem.Trim().Split('\n')[^1]}");
        }

        var setting = JsonDocument.Parse(hello).RootElement;
        return new ReferenceProcess(process, setting.GetProperty("torch").GetString()!, setting.GetProperty("blas").GetString()!);
    }

    /// <summary>A script of tests/reference on a Python, its output piped.</summary>
    /// <exception cref="RefluxException"><c>not-supported-here</c>: there is no such script.</exception>
    public static ProcessStartInfo Script(string python, string name)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Find(name));
        // the same BLAS as ours; libgomp's threads must not spin while it is our turn
        start.Environment["LD_LIBRARY_PATH"] = Blas;
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return start;
    }

    /// <exception cref="RefluxException"><c>not-supported-here</c>: there is no such program.</exception>
    public static Process Start(ProcessStartInfo start, string remedy = PythonRemedy)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new RefluxException(ErrorCodes.NotSupportedHere, $"'{start.FileName}' can't be started: {error.Message}", remedy);
        }
    }

    /// <summary>Runs what a JSON line asks for.</summary>
    /// <returns>Tokens a second.</returns>
    public async Task<double> RunAsync(object request, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, JsonSerializerOptions.Web).AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return await _process.StandardOutput.ReadLineAsync(cancellation) is { } answer
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new RefluxException(ErrorCodes.Internal, $"the reference failed: {await _process.StandardError.ReadToEndAsync(cancellation)}", "see tests/reference/benchmark.py");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static RefluxException Missing(string problem) =>
        new(ErrorCodes.NotSupportedHere, problem, PythonRemedy);

    private static string Find(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var script = Path.Combine(directory.FullName, "tests", "reference", name);
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new RefluxException(ErrorCodes.NotSupportedHere, $"tests/reference/{name} is not above this program", "run it from a clone of the repository");
    }
}
