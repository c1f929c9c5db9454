await Yinxin.Trust.Server.TrustServerApp.Build(args).RunAsync();
