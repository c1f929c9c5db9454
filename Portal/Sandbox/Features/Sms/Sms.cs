using System.Collections.Concurrent;

namespace Yinxin.Sandbox.Features.Sms;

/// <summary>A message that a phone would have received.</summary>
internal sealed record Message(string Id, string Phone, string Text, string Purpose, DateTimeOffset At);

/// <summary>The last thousand messages, newest first.</summary>
internal sealed class Messages
{
    private const int Kept = 1000;
    private readonly ConcurrentQueue<Message> queue = new();

    public void Add(Message message)
    {
        queue.Enqueue(message);
        while (queue.Count > Kept)
        {
            queue.TryDequeue(out _);
        }
    }

    public IReadOnlyList<Message> Latest(string? phone) => [.. queue.Reverse().Where(m => string.IsNullOrEmpty(phone) || m.Phone == phone)];
}

/// <summary>The SMS carrier.</summary>
internal static class Sms
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/sms/v1/messages", (Request request, Messages messages, TimeProvider time) =>
        {
            if (request.Phone is not { Length: > 4 and < 20 } phone || request.Text is not { Length: > 0 and <= 500 } text)
            {
                return Results.ValidationProblem(new Dictionary<string, string[]> { ["phone"] = ["5 to 19 characters"], ["text"] = ["1 to 500 characters"] });
            }

            var message = new Message($"S-{Guid.CreateVersion7():N}", phone, text, request.Purpose ?? "", time.GetUtcNow());
            messages.Add(message);
            return Results.Accepted(value: new { id = message.Id });
        });
        api.MapGet("/sms/v1/messages", (string? phone, Messages messages) => messages.Latest(phone));
    }

    internal sealed record Request(string? Phone, string? Text, string? Purpose);
}
