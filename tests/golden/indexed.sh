#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=Indexed
#SBATCH --job-name=indexed-job
#SBATCH --array=0-4%3
#SBATCH --requeue
#SBATCH --open-mode=append
apiVersion: batch/v1
kind: Job
metadata:
  name: indexed-job
spec:
  backoffLimit: 6
  completionMode: Indexed
  completions: 5
  manualSelector: false
  parallelism: 3
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - bash
        - -c
        - |
          items=(foo bar baz qux xyz)
          rev <<< ${items[$JOB_COMPLETION_INDEX]}
        image: docker.io/library/bash
        imagePullPolicy: Always
        name: worker
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
