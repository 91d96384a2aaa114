using Microsoft.Extensions.Hosting;
using Reflux.Contracts.Definitions;
using Reflux.Silo.Definitions;

namespace Reflux.Silo.Students;

/// <summary>Keeps one runner for every student that the definitions log knows. On stop each trainer finishes its step and checkpoints.</summary>
internal sealed class StudentHost(IDefinitionCatalog catalog, StudentRunnerFactory runners) : BackgroundService
{
    private readonly Dictionary<Guid, (CancellationTokenSource Stop, Task Run)> _running = [];

    /// <summary>Runs until cancelled; returns when every trainer has left.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var definitions in catalog.WatchAsync(stoppingToken))
            {
                await ReconcileAsync(definitions, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host is stopping
        }
        finally
        {
            await Task.WhenAll(_running.Keys.ToList().Select(StopAsync));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async Task ReconcileAsync(IReadOnlyCollection<Definition> definitions, CancellationToken stoppingToken)
    {
        var wanted = definitions.Where(definition => definition.Kind == DefinitionKind.Student).ToDictionary(definition => definition.Id);
        foreach (var gone in _running.Keys.Except(wanted.Keys).ToList())
        {
            await StopAsync(gone);
        }

        foreach (var student in wanted.Values.Where(student => !_running.ContainsKey(student.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _running[student.Id] = (stop, runners.Create(student).RunAsync(stop.Token));
        }
    }

    private async Task StopAsync(Guid student)
    {
        _running.Remove(student, out var running);
        running.Stop.Cancel();
        await running.Run;
        running.Stop.Dispose();
    }
}
