namespace Yinxin.Bench.Endings;

/// <summary>A token that the APIs take, and what ends it.</summary>
/// <param name="Token">The access token.</param>
/// <param name="User">Who is signed in at the app with it; null where the app goes on with a new token instead.</param>
/// <param name="EndAsync">Comes back when the request that ends it is answered.</param>
internal sealed record Living(string Token, Visitor? User, Func<Task> EndAsync);
