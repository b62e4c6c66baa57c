<?php

// call makes a call of Plunk's API, or of the control API, with the key of the project.
function call(string $path, ?array $mail = null): string
{
    $server = preg_replace('~/v1/?$~', '', getenv('PLUNK_BASE_URL')); // http://localhost:4580
    $http = ['header' => ['Authorization: Bearer ' . getenv('PLUNK_SECRET_KEY'), 'Content-Type: application/json']];
    if ($mail !== null) {
        $http += ['method' => 'POST', 'content' => json_encode($mail)];
    }
    return trim(file_get_contents($server . $path, false, stream_context_create(['http' => $http])));
}

call('/v1/send', ['to' => 'ada@example.com', 'subject' => 'Your code', 'body' => '<p>Your code is 482 913</p>']); // the application
$code = call('/_mock/inbox/messages/latest/code?to=ada@example.com');
if ($code !== '482913') {
    throw new Exception("the code is $code");
}
